-- Queries of jobs.c. Column lists are in the order that job_of reads.

-- name: jobs_insert
insert into job (kind, mode, location_id, whole_location, state, phase, step, asked_by, asked_kind, total,
  idempotency_key, request_hash, created_at, selection_json, channel)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
returning id

-- name: jobs_find
select id, kind, mode, location_id, whole_location, state, phase, step, asked_by, asked_kind, total, done, failed,
  skipped, wait_reason, wait_until, summary_json, failure, idempotency_key, request_hash, created_at,
  started_at, finished_at, is_part, message_wait_reason, message_wait_until, selection_json, channel
from job where id = ?1

-- name: jobs_find_key
select id, kind, mode, location_id, whole_location, state, phase, step, asked_by, asked_kind, total, done, failed,
  skipped, wait_reason, wait_until, summary_json, failure, idempotency_key, request_hash, created_at,
  started_at, finished_at, is_part, message_wait_reason, message_wait_until, selection_json, channel
from job where asked_by = ?1 and idempotency_key = ?2

-- name: jobs_channel_of_item
select j.channel from item i join job j on j.id = i.job_id where i.id = ?1

-- name: jobs_list
select id, kind, mode, location_id, whole_location, state, phase, step, asked_by, asked_kind, total, done, failed,
  skipped, wait_reason, wait_until, summary_json, failure, idempotency_key, request_hash, created_at,
  started_at, finished_at, is_part, message_wait_reason, message_wait_until, selection_json, channel
from job
where id < ?1 and state <> 'preparing'
  and (?2 is null or state = ?2) and (?3 is null or kind = ?3) and (?4 is null or location_id = ?4)
  and (?5 is null or id in (select job_id from item where person_id = ?5))
  and (?7 is null or asked_by = ?7) and (?8 is null or created_at >= ?8) and (?9 is null or created_at < ?9)
  and (?10 is null or ?10 = case when state = 'cancelled' and step is not null then 1 else 0 end)
order by id desc limit ?6
-- postgres:
select id, kind, mode, location_id, whole_location, state, phase, step, asked_by, asked_kind, total, done, failed,
  skipped, wait_reason, wait_until, summary_json, failure, idempotency_key, request_hash, created_at,
  started_at, finished_at, is_part, message_wait_reason, message_wait_until, selection_json, channel
from job
where id < ?1 and state <> 'preparing'
  and (cast(?2 as text) is null or state = cast(?2 as text))
  and (cast(?3 as text) is null or kind = cast(?3 as text))
  and (cast(?4 as bigint) is null or location_id = cast(?4 as bigint))
  and (cast(?5 as bigint) is null or id in (select job_id from item where person_id = cast(?5 as bigint)))
  and (cast(?7 as text) is null or asked_by = cast(?7 as text))
  and (cast(?8 as bigint) is null or created_at >= cast(?8 as bigint))
  and (cast(?9 as bigint) is null or created_at < cast(?9 as bigint))
  and (cast(?10 as bigint) is null
    or cast(?10 as bigint) = case when state = 'cancelled' and step is not null then 1 else 0 end)
order by id desc limit ?6

-- name: jobs_save
update job set state = ?2, phase = ?3, step = ?4, wait_reason = ?5, wait_until = ?6, total = ?7,
  summary_json = ?8, failure = ?9, started_at = ?10, finished_at = ?11, mode = ?12, is_part = ?13
where id = ?1

-- name: jobs_set_step
update job set step = ?2 where id = ?1

-- name: jobs_set_wait
update job set wait_reason = ?2, wait_until = ?3
where location_id = ?1 and state in ('waiting', 'running')
  and (wait_reason is distinct from ?2 or wait_until is distinct from ?3)
-- postgres:
update job set wait_reason = cast(?2 as text), wait_until = cast(?3 as bigint)
where location_id = ?1 and state in ('waiting', 'running')
  and (wait_reason is distinct from cast(?2 as text) or wait_until is distinct from cast(?3 as bigint))

-- reason null: none waits any more
-- name: jobs_set_message_wait
update job set message_wait_reason = ?2, message_wait_until = ?3
where id = ?1 and state in ('waiting', 'running')
  and (message_wait_reason is distinct from ?2 or message_wait_until is distinct from ?3)
-- postgres:
update job set message_wait_reason = cast(?2 as text), message_wait_until = cast(?3 as bigint)
where id = ?1 and state in ('waiting', 'running')
  and (message_wait_reason is distinct from cast(?2 as text)
    or message_wait_until is distinct from cast(?3 as bigint))

-- name: jobs_with_message_wait
select id from job
where state in ('waiting', 'running') and message_wait_reason is not null and id > ?1 order by id limit ?2

-- name: jobs_count_up
update job set done = done + ?2, failed = failed + ?3, skipped = skipped + ?4
where id = ?1
returning total - done - failed - skipped

-- name: jobs_grow
update job set total = total + ?2 where id = ?1

-- name: jobs_restart
update job set step = ?2, total = 0, done = 0, failed = 0, skipped = 0 where id = ?1

-- name: jobs_open
select id, kind, mode, location_id, whole_location, state, phase, step, asked_by, asked_kind, total, done, failed,
  skipped, wait_reason, wait_until, summary_json, failure, idempotency_key, request_hash, created_at,
  started_at, finished_at, is_part, message_wait_reason, message_wait_until, selection_json, channel
from job where location_id = ?1 and state in ('waiting', 'running') order by id limit ?2

-- name: jobs_open_whole
select id, kind, mode, location_id, whole_location, state, phase, step, asked_by, asked_kind, total, done, failed,
  skipped, wait_reason, wait_until, summary_json, failure, idempotency_key, request_hash, created_at,
  started_at, finished_at, is_part, message_wait_reason, message_wait_until, selection_json, channel
from job
where location_id = ?1 and kind = 'sync' and whole_location = 1 and state in ('waiting', 'running')
order by id limit 1

-- Plans that wait, older than job ?2: all of them when that one is of the whole location (?3), else those
-- whose people are all in it.
-- name: jobs_overtaken
select j.id from job j
where j.location_id = ?1 and j.kind = 'sync' and j.state = 'planned' and j.id < ?2
  and (?3 = 1 or j.whole_location = 0 and not exists (
    select 1 from item i where i.job_id = j.id and i.state = 'planned' and not exists (
      select 1 from item n where n.person_id = i.person_id and +n.job_id = ?2)))
order by j.id limit 1

-- name: jobs_planned_of
select id from job where location_id = ?1 and state = 'planned' order by id limit 1

-- name: jobs_half_cancelled
select coalesce(min(j.id), 0) from job j
where j.state = 'cancelled'
  and exists (select 1 from item i where i.job_id = j.id and i.state in ('planned', 'held'))

-- name: jobs_drop_preparing_invitations
delete from invitation
where item_id in (select i.id from item i join job j on j.id = i.job_id where j.state = 'preparing')

-- name: jobs_drop_preparing_wishes
update vpp_user set
  message_state = case when message_state = 'waiting' then 'none' else message_state end,
  state = case when state <> 'removing' then state when apple_status = 'Associated' then 'associated'
    else 'registered' end
where id in (select i.vpp_user_id from item i join job j on j.id = i.job_id
  where j.state = 'preparing' and i.kind in ('message', 'retire'))

-- name: jobs_drop_preparing_items
delete from item where job_id in (select id from job where state = 'preparing')

-- Records that were asked for by such a job alone, and never left for Apple.
-- name: jobs_drop_preparing_users
delete from vpp_user
where state = 'requested' and apple_status is null
  and not exists (select 1 from item i where i.vpp_user_id = vpp_user.id)

-- name: jobs_drop_preparing
delete from job where state = 'preparing'

-- name: jobs_count
select count(*) from job
where state <> 'preparing'
  and (?1 is null or state = ?1) and (?2 is null or kind = ?2) and (?3 is null or location_id = ?3)
  and (?4 is null or id in (select job_id from item where person_id = ?4))
  and (?5 is null or asked_by = ?5) and (?6 is null or created_at >= ?6) and (?7 is null or created_at < ?7)
  and (?8 is null or ?8 = case when state = 'cancelled' and step is not null then 1 else 0 end)
-- postgres:
select count(*) from job
where state <> 'preparing'
  and (cast(?1 as text) is null or state = cast(?1 as text))
  and (cast(?2 as text) is null or kind = cast(?2 as text))
  and (cast(?3 as bigint) is null or location_id = cast(?3 as bigint))
  and (cast(?4 as bigint) is null or id in (select job_id from item where person_id = cast(?4 as bigint)))
  and (cast(?5 as text) is null or asked_by = cast(?5 as text))
  and (cast(?6 as bigint) is null or created_at >= cast(?6 as bigint))
  and (cast(?7 as bigint) is null or created_at < cast(?7 as bigint))
  and (cast(?8 as bigint) is null
    or cast(?8 as bigint) = case when state = 'cancelled' and step is not null then 1 else 0 end)
