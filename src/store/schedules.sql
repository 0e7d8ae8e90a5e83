-- name: schedules_get
select location_id, mode, every_hours, at_minute, weekdays, time_zone, apply, anchor_at,
       next_run_at, updated_at
  from schedule where location_id = ?1

-- name: schedules_put
insert into schedule (location_id, mode, every_hours, at_minute, weekdays, time_zone, apply,
                      anchor_at, next_run_at, updated_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
on conflict (location_id) do update set
  mode = excluded.mode, every_hours = excluded.every_hours, at_minute = excluded.at_minute,
  weekdays = excluded.weekdays, time_zone = excluded.time_zone, apply = excluded.apply,
  anchor_at = excluded.anchor_at, next_run_at = excluded.next_run_at,
  updated_at = excluded.updated_at

-- name: schedules_set_next
-- location, updated_at as it was read, next. A schedule that an admin changed meanwhile has its own.
update schedule set next_run_at = ?3 where location_id = ?1 and updated_at = ?2

-- name: schedules_due
select location_id, mode, every_hours, at_minute, weekdays, time_zone, apply, anchor_at,
       next_run_at, updated_at
  from schedule where next_run_at <= ?1 order by next_run_at, location_id limit 100

-- name: schedules_earliest
select coalesce(min(next_run_at), 0) from schedule

-- name: schedules_add_run
-- location, run key, job, ran_at. The primary key is what keeps a run from being two jobs.
insert into schedule_run (location_id, run_key, job_id, ran_at) values (?1, ?2, ?3, ?4)
on conflict (location_id, run_key) do nothing

-- name: schedules_runs
-- location, limit; the latest first
select run_key, job_id, ran_at from schedule_run where location_id = ?1 order by ran_at desc, run_key desc limit ?2

-- name: schedules_has_run
-- location, run key
select count(*) from schedule_run where location_id = ?1 and run_key = ?2
