// The dialogs of the list of users that are opened now and then, in one file to load.
export { default as ColumnsDialog } from './people_columns_dialog';
export { default as FindDialog } from './people_find_dialog';
export { default as ReviewDialog } from './people_review_dialog';
export { AddPerson } from './person_form';
