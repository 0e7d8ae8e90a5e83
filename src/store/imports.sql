-- Uploaded files and their judged rows.

-- name: imports_insert
insert into import (kind, state, file_name, columns, created_by, created_at, matching)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
returning id

-- name: imports_save
update import
   set state = ?2, columns = ?3, added = ?4, changed = ?5, unchanged = ?6, bad = ?7,
       applied_at = ?8, applied_row = ?9, job_id = ?10
 where id = ?1

-- name: imports_find
select id, kind, state, file_name, columns, added, changed, unchanged, bad, created_by, created_at,
       applied_at, applied_row, job_id, matching
  from import
 where id = ?1

-- name: imports_list
-- kind or null, before id, limit; newest first
select id, kind, state, file_name, columns, added, changed, unchanged, bad, created_by, created_at,
       applied_at, applied_row, job_id, matching
  from import
 where (cast(?1 as text) is null or kind = cast(?1 as text)) and id < ?2
 order by id desc
 limit cast(?3 as bigint)

-- name: imports_count
select count(*) from import where cast(?1 as text) is null or kind = cast(?1 as text)

-- name: imports_find_applying
select id, kind, state, file_name, columns, added, changed, unchanged, bad, created_by, created_at,
       applied_at, applied_row, job_id, matching
  from import
 where state = 'applying'
 order by id
 limit 1

-- name: imports_drop_old_rows
delete from import_row
 where import_id in (select id from import
                      where created_at < cast(?1 as bigint)
                        and state in ('reading', 'preview', 'applied'))

-- name: imports_discard_old
update import set state = 'discarded'
 where created_at < cast(?1 as bigint) and state in ('reading', 'preview')

-- name: imports_drop_rows
delete from import_row where import_id = ?1

-- name: imports_drop
delete from import where id = ?1

-- name: imports_add_row
insert into import_row (import_id, line, verdict, row_key, label, data_json, changes, reason)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)

-- Where keys (?2, a JSON array) stand in earlier good rows; at most once each.
-- name: imports_lines_of_keys
select row_key, line from import_row
 where import_id = ?1 and verdict <> 'bad' and row_key in (select value from json_each(?2))
-- postgres:
select row_key, line from import_row
 where import_id = cast(?1 as bigint) and verdict <> 'bad'
   and row_key = any(array(select json_array_elements_text(cast(?2 as json))))

-- name: imports_rows
select id, import_id, line, verdict, row_key, label, data_json, changes, reason, outcome
  from import_row
 where import_id = cast(?1 as bigint) and id > cast(?2 as bigint)
 order by id
 limit cast(?3 as bigint)

-- name: imports_rows_of_verdict
select id, import_id, line, verdict, row_key, label, data_json, changes, reason, outcome
  from import_row
 where import_id = cast(?1 as bigint) and verdict = cast(?4 as text) and id > cast(?2 as bigint)
 order by id
 limit cast(?3 as bigint)

-- A row that was the same at the preview may have changed since, so it is looked at again.
-- name: imports_rows_to_apply
select id, import_id, line, verdict, row_key, label, data_json, changes, reason, outcome
  from import_row
 where import_id = cast(?1 as bigint) and id > cast(?2 as bigint) and verdict <> 'bad'
 order by id
 limit cast(?3 as bigint)

-- name: imports_set_outcome
update import_row set outcome = ?2, reason = ?3 where id = ?1

-- name: imports_count_outcomes
select coalesce(sum(case when outcome = 'added' then 1 else 0 end), 0),
       coalesce(sum(case when outcome = 'changed' then 1 else 0 end), 0),
       coalesce(sum(case when outcome = 'same' then 1 else 0 end), 0),
       coalesce(sum(case when outcome = 'refused' then 1 else 0 end), 0)
  from import_row
 where import_id = ?1

-- name: imports_count_rows
select count(*) from import_row
 where import_id = cast(?1 as bigint) and (cast(?2 as text) is null or verdict = cast(?2 as text))

-- name: imports_analyze_rows
analyze import_row

-- name: imports_analyze_people
analyze person

-- name: imports_analyze_devices
analyze device

-- kind, heading -> fields, saved_by, saved_at
-- name: imports_recall
select fields, saved_by, saved_at from import_matching where kind = ?1 and heading = ?2

-- name: imports_remember
insert into import_matching (kind, heading, fields, saved_by, saved_at)
values (?1, ?2, ?3, ?4, ?5)
on conflict (kind, heading)
  do update set fields = excluded.fields, saved_by = excluded.saved_by, saved_at = excluded.saved_at

-- name: imports_forget_oldest
delete from import_matching
 where saved_at < (select min(saved_at) from
   (select saved_at from import_matching order by saved_at desc limit cast(?1 as bigint)) as kept)
