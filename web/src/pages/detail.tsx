// The list of jobs, and the pages of one user and one job, in one file to load: nobody sees them first.
export { default as JobPage } from './job/job';
export { default as PersonPage } from './person';
export { default as Jobs } from './job/jobs';
