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
