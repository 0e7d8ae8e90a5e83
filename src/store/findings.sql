-- Queries of findings.c. What stays as it is is not written again: a sync that found nothing else has seen
-- it too, so an open finding was last seen by the location's last sync.

-- name: findings_put
insert into finding (location_id, kind, subject, person_id, state, detail, repair, job_id, first_seen_at, last_seen_at)
values (?1, ?2, ?3, ?4, 'open', ?5, ?6, ?7, ?8, ?8)
on conflict (location_id, kind, subject) where state = 'open'
do update set person_id = excluded.person_id, detail = excluded.detail, repair = excluded.repair,
  last_seen_at = excluded.last_seen_at

-- name: findings_solve
update finding set state = 'solved', solved_because = ?4, solved_at = ?5
where location_id = ?1 and kind = ?2 and subject = ?3 and state = 'open'

-- name: findings_solve_id
update finding set state = 'solved', solved_because = ?2, solved_at = ?3 where id = ?1 and state = 'open'

-- A live record of the person is at Apple again.
-- name: findings_solve_gone
update finding set state = 'solved', solved_because = ?3, solved_at = ?4
where person_id = ?2 and state = 'open' and location_id = ?1 and kind in ('missing', 'retired_elsewhere')

-- name: findings_set_repair_job
update finding set repair_job_id = ?2 where id = ?1

-- name: findings_open
-- location, after id, limit
select f.id, f.location_id, f.kind, f.subject, f.person_id, p.display_name, f.state, f.detail, f.repair, f.job_id,
  f.repair_job_id, f.first_seen_at,
  case when f.state = 'open' and l.last_sync_at > f.last_seen_at then l.last_sync_at else f.last_seen_at end,
  f.solved_at, f.solved_because
from finding f join location l on l.id = f.location_id left join person p on p.id = f.person_id
where f.location_id = ?1 and f.state = 'open' and f.id > ?2 order by f.id limit ?3

-- name: findings_find
select f.id, f.location_id, f.kind, f.subject, f.person_id, p.display_name, f.state, f.detail, f.repair, f.job_id,
  f.repair_job_id, f.first_seen_at,
  case when f.state = 'open' and l.last_sync_at > f.last_seen_at then l.last_sync_at else f.last_seen_at end,
  f.solved_at, f.solved_because
from finding f join location l on l.id = f.location_id left join person p on p.id = f.person_id
where f.id = ?1

-- name: findings_list
-- before id, location or null, kind or null, state or null, limit; newest first
select f.id, f.location_id, f.kind, f.subject, f.person_id, p.display_name, f.state, f.detail, f.repair, f.job_id,
  f.repair_job_id, f.first_seen_at,
  case when f.state = 'open' and l.last_sync_at > f.last_seen_at then l.last_sync_at else f.last_seen_at end,
  f.solved_at, f.solved_because
from finding f join location l on l.id = f.location_id left join person p on p.id = f.person_id
where f.id < ?1 and l.left_at is null and (cast(?2 as bigint) is null or f.location_id = ?2)
  and (cast(?3 as text) is null or f.kind = ?3) and (cast(?4 as text) is null or f.state = ?4)
order by f.id desc limit ?5

-- name: findings_count
select count(*) from finding f join location l on l.id = f.location_id
where l.left_at is null and (cast(?1 as bigint) is null or f.location_id = ?1)
  and (cast(?2 as text) is null or f.kind = ?2) and (cast(?3 as text) is null or f.state = ?3)

-- One row for each location and kind: how many there are, how many of them can be repaired and how,
-- when the first was seen and when the last.
-- name: findings_groups
-- location or null, state
select f.location_id, l.name, f.kind, count(*),
  count(case when f.repair = 'retire' or (f.repair is not null and p.id is not null) then 1 end), max(f.repair), min(f.first_seen_at),
  max(case when f.state = 'open' and l.last_sync_at > f.last_seen_at then l.last_sync_at else f.last_seen_at end)
from finding f join location l on l.id = f.location_id
  left join person p on p.id = f.person_id and p.deleted_at is null
where l.left_at is null and (cast(?1 as bigint) is null or f.location_id = ?1) and f.state = ?2
group by f.location_id, l.name, f.kind
order by l.name, f.location_id, f.kind

-- The open ones of a location and kind: all (?3 null) or those named, without those excluded.
-- part: chosen
where f.location_id = ?1 and f.kind = ?2 and f.state = 'open'
  and (cast(?3 as text) is null or f.id in (select value from json_each(?3)))
  and f.id not in (select value from json_each(?4))

-- part: chosen_postgres
where f.location_id = ?1 and f.kind = ?2 and f.state = 'open'
  and (cast(?3 as text) is null or f.id in (select cast(value as bigint) from json_array_elements_text(cast(?3 as json))))
  and f.id not in (select cast(value as bigint) from json_array_elements_text(cast(?4 as json)))

-- name: findings_chosen
-- location, kind, ids or null, excluded ids, repair -> findings, repairable ones, their people
select count(*), count(case when f.repair = ?5 and (p.id is not null or f.repair = 'retire') then 1 end),
  count(distinct case when f.repair = ?5 then p.id end)
from finding f left join person p on p.id = f.person_id and p.deleted_at is null
{{chosen}}
-- postgres:
select count(*), count(case when f.repair = ?5 and (p.id is not null or f.repair = 'retire') then 1 end),
  count(distinct case when f.repair = ?5 then p.id end)
from finding f left join person p on p.id = f.person_id and p.deleted_at is null
{{chosen_postgres}}

-- name: findings_people
-- location, kind, ids or null, excluded ids, repair, after person, limit
select distinct f.person_id from finding f join person p on p.id = f.person_id and p.deleted_at is null
{{chosen}}
  and f.repair = ?5 and f.person_id > ?6
order by f.person_id limit cast(?7 as bigint)
-- postgres:
select distinct f.person_id from finding f join person p on p.id = f.person_id and p.deleted_at is null
{{chosen_postgres}}
  and f.repair = ?5 and f.person_id > ?6
order by f.person_id limit cast(?7 as bigint)

-- name: findings_records
-- location, kind, ids or null, excluded ids, repair, after id, limit
select f.id, f.subject from finding f
{{chosen}}
  and f.repair = ?5 and f.id > ?6
order by f.id limit cast(?7 as bigint)
-- postgres:
select f.id, f.subject from finding f
{{chosen_postgres}}
  and f.repair = ?5 and f.id > ?6
order by f.id limit cast(?7 as bigint)

-- name: findings_leave_chosen
-- location, kind, ids or null, excluded ids, because, now
update finding as f set state = 'solved', solved_because = ?5, solved_at = ?6
{{chosen}}
-- postgres:
update finding as f set state = 'solved', solved_because = ?5, solved_at = ?6
{{chosen_postgres}}

-- Whom the job is about: it names them, be it to say why it did nothing for them.
-- name: findings_set_repair_job_chosen
-- location, kind, ids or null, excluded ids, repair, job
update finding as f set repair_job_id = ?6
{{chosen}}
  and f.repair = ?5 and f.person_id in (select person_id from item where job_id = ?6)
-- postgres:
update finding as f set repair_job_id = ?6
{{chosen_postgres}}
  and f.repair = ?5 and f.person_id in (select person_id from item where job_id = ?6)
