-- Queries of items.c. Column lists are in the order that item_of reads.

-- name: items_insert
insert into item (job_id, location_id, person_id, vpp_user_id, kind, state, detail, apple_number, reason,
  attempts, not_before, updated_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
returning id

-- name: items_find
select i.id, i.job_id, i.location_id, i.person_id, i.vpp_user_id, i.call_id, i.kind, i.state, i.detail,
  i.apple_number, i.reason, i.attempts, i.not_before, i.updated_at
from item i where i.id = ?1

-- name: items_save
update item set kind = ?2, state = ?3, call_id = ?4, vpp_user_id = ?5, detail = ?6, apple_number = ?7,
  reason = ?8, attempts = ?9, not_before = ?10, updated_at = ?11
where id = ?1

-- name: items_list
select i.id, i.job_id, i.location_id, i.person_id, i.vpp_user_id, i.call_id, i.kind, i.state, i.detail,
  i.apple_number, i.reason, i.attempts, i.not_before, i.updated_at, p.display_name, p.user_name, p.email
from item i left join person p on p.id = i.person_id
where i.job_id = ?1 and i.id > ?2 order by i.id limit ?3

-- name: items_list_state
select i.id, i.job_id, i.location_id, i.person_id, i.vpp_user_id, i.call_id, i.kind, i.state, i.detail,
  i.apple_number, i.reason, i.attempts, i.not_before, i.updated_at, p.display_name, p.user_name, p.email
from item i left join person p on p.id = i.person_id
where i.job_id = ?1 and i.state = ?2 and i.id > ?3 order by i.id limit ?4

-- name: items_list_kind
select i.id, i.job_id, i.location_id, i.person_id, i.vpp_user_id, i.call_id, i.kind, i.state, i.detail,
  i.apple_number, i.reason, i.attempts, i.not_before, i.updated_at, p.display_name, p.user_name, p.email
from item i left join person p on p.id = i.person_id
where i.job_id = ?1 and i.kind = ?2 and i.id > ?3 and (?4 is null or i.state = ?4) order by i.id limit ?5
-- postgres:
select i.id, i.job_id, i.location_id, i.person_id, i.vpp_user_id, i.call_id, i.kind, i.state, i.detail,
  i.apple_number, i.reason, i.attempts, i.not_before, i.updated_at, p.display_name, p.user_name, p.email
from item i left join person p on p.id = i.person_id
where i.job_id = ?1 and i.kind = ?2 and i.id > ?3
  and (cast(?4 as text) is null or i.state = cast(?4 as text)) order by i.id limit ?5

-- Of some people (?2, a JSON array of ids): by their index, however many items the job has.
-- name: items_list_people
select i.id, i.job_id, i.location_id, i.person_id, i.vpp_user_id, i.call_id, i.kind, i.state, i.detail,
  i.apple_number, i.reason, i.attempts, i.not_before, i.updated_at, p.display_name, p.user_name, p.email
from item i left join person p on p.id = i.person_id
where i.person_id in (select value from json_each(?2)) and +i.job_id = ?1 and i.id > ?3
  and (?4 is null or i.state = ?4) order by i.id limit ?5
-- postgres:
select i.id, i.job_id, i.location_id, i.person_id, i.vpp_user_id, i.call_id, i.kind, i.state, i.detail,
  i.apple_number, i.reason, i.attempts, i.not_before, i.updated_at, p.display_name, p.user_name, p.email
from item i left join person p on p.id = i.person_id
where i.person_id = any(array(select cast(value as bigint) from json_array_elements_text(cast(?2 as json))))
  and i.job_id = ?1 and i.id > ?3 and (cast(?4 as text) is null or i.state = cast(?4 as text))
order by i.id limit ?5

-- name: items_count_people
select count(*) from item i
where i.person_id in (select value from json_each(?2)) and +i.job_id = ?1 and (?3 is null or i.state = ?3)
-- postgres:
select count(*) from item i
where i.person_id = any(array(select cast(value as bigint) from json_array_elements_text(cast(?2 as json))))
  and i.job_id = ?1 and (cast(?3 as text) is null or i.state = cast(?3 as text))

-- name: items_of_call
select i.id, i.job_id, i.location_id, i.person_id, i.vpp_user_id, i.call_id, i.kind, i.state, i.detail,
  i.apple_number, i.reason, i.attempts, i.not_before, i.updated_at
from item i where i.call_id = ?1 order by i.id limit ?2

-- name: items_sendable
select i.id, i.job_id, i.location_id, i.person_id, i.vpp_user_id, i.call_id, i.kind, i.state, i.detail,
  i.apple_number, i.reason, i.attempts, i.not_before, i.updated_at
from item i
where i.job_id = ?1 and i.kind = ?2 and i.state = 'planned' and (i.not_before is null or i.not_before <= ?3)
  and not exists (select 1 from item o where o.vpp_user_id = i.vpp_user_id and o.id <> i.id
    and o.state in ('intended', 'accepted', 'unknown'))
order by i.id limit ?4

-- The earliest time at which a planned item that waits may be sent.
-- name: items_next_send
select coalesce(min(i.not_before), 0) from item i
where i.job_id = ?1 and i.state = 'planned' and i.not_before is not null

-- name: items_open_of
select i.id, i.job_id, i.location_id, i.person_id, i.vpp_user_id, i.call_id, i.kind, i.state, i.detail,
  i.apple_number, i.reason, i.attempts, i.not_before, i.updated_at
from item i
where i.vpp_user_id = ?1 and i.state in ('planned', 'intended', 'accepted', 'unknown', 'held')
order by i.id limit ?2

-- Notes of a plan change something here only.
-- name: items_hold
update item set state = 'held', reason = ?2, updated_at = ?3
where location_id = ?1 and state = 'planned' and kind in ('create', 'update', 'retire')
  and job_id in (select id from job where location_id = ?1 and state in ('waiting', 'running') and phase is null)

-- name: items_unhold
update item set state = 'planned', reason = null, updated_at = ?2
where location_id = ?1 and state = 'held' and state in ('planned', 'intended', 'accepted', 'unknown', 'held')

-- name: items_cancel
update item set state = 'cancelled', reason = ?2, updated_at = ?3
where job_id = ?1 and state in ('planned', 'held')

-- A part of a plan is wanted: what is not, is left out. Lists are JSON; NULL: not said.
-- job, kinds that stay, ids that stay, ids that go, reason, now
-- name: items_leave_out
update item set state = 'skipped', reason = ?5, updated_at = ?6
where job_id = ?1 and state = 'planned'
  and ((?2 is not null and kind not in (select value from json_each(?2)))
    or (?3 is not null and id not in (select value from json_each(?3)))
    or (?4 is not null and id in (select value from json_each(?4))))
-- postgres:
update item set state = 'skipped', reason = ?5, updated_at = ?6
where job_id = ?1 and state = 'planned'
  and ((cast(?2 as text) is not null and kind not in (select json_array_elements_text(cast(?2 as json))))
    or (cast(?3 as text) is not null
      and id not in (select cast(value as bigint) from json_array_elements_text(cast(?3 as json))))
    or (cast(?4 as text) is not null
      and id in (select cast(value as bigint) from json_array_elements_text(cast(?4 as json)))))

-- How many of the ids are planned rows of the job.
-- name: items_count_planned
select count(*) from item
where job_id = ?1 and state = 'planned' and id in (select value from json_each(?2))
-- postgres:
select count(*) from item
where job_id = ?1 and state = 'planned'
  and id in (select cast(value as bigint) from json_array_elements_text(cast(?2 as json)))

-- name: items_count_kinds
select kind, state, count(*) from item where job_id = ?1 group by kind, state order by kind, state

-- The same reason is one row, the most frequent first.
-- name: items_results
select kind, state, apple_number, reason, count(*) from item where job_id = ?1
group by kind, state, apple_number, reason order by count(*) desc, kind, state, reason limit ?2

-- name: items_drop_plan
delete from item where id in (
  select id from item where job_id = ?1 and state = 'planned' and call_id is null limit ?2)

-- name: items_count
select count(*) from item where job_id = ?1 and (?2 is null or state = ?2) and (?3 is null or kind = ?3)
-- postgres:
select count(*) from item where job_id = ?1
  and (cast(?2 as text) is null or state = cast(?2 as text))
  and (cast(?3 as text) is null or kind = cast(?3 as text))

-- What a sync found at Apple that nobody here made: shown as rows of its job, behind the others.
-- name: items_strangers
select id, location_id, client_user_id, apple_email, apple_status, updated_at
from vpp_user where found_job_id = ?1 and id > ?2 order by id limit ?3

-- name: items_count_strangers
select count(*) from vpp_user where found_job_id = ?1
