-- What is wrong now, as far as rows tell. Each part is read from an index that holds such rows alone.

-- name: problems_facts
-- failed since, unfinished before, limit of messages counted -> kind, location, how many, since, the one
-- job or import (the newest), its words, its name
select 'mail_failing', null, m.many, m.since, null, m.words, m.channel
  from (select n.channel, count(*) as many, min(n.created_at) as since, max(n.reason) as words
          from (select channel, created_at, reason from invitation
                 where state = 'waiting' and reason is not null
                 order by created_at limit cast(?3 as bigint)) n
         group by n.channel) m
union all
select 'plan_waiting', j.location_id, count(*), min(j.created_at), max(j.id), null, null
  from job j join location l on l.id = j.location_id and l.left_at is null
 where j.state = 'planned'
 group by j.location_id
union all
select 'findings_open', f.location_id, f.many,
       (select o.first_seen_at from finding o
         where o.state = 'open' and o.location_id = f.location_id order by o.id limit 1), null, null, null
  from (select location_id, count(*) as many from finding where state = 'open' group by location_id) f
  join location l on l.id = f.location_id and l.left_at is null
union all
select 'licences_used_up', a.location_id, count(*), null, null, null, null
  from asset a join location l on l.id = a.location_id and l.left_at is null
 where a.available_count = 0 and a.total_count > 0
 group by a.location_id
union all
select 'jobs_failed', j.location_id, count(*), min(j.finished_at), max(j.id), max(j.failure), null
  from job j left join location l on l.id = j.location_id
 where l.left_at is null and (j.state = 'failed' or j.failed > 0) and j.finished_at >= cast(?1 as bigint)
   and not exists (select 1 from job g
                    where g.id > j.id and g.kind = j.kind and g.location_id is not distinct from j.location_id
                      and g.state = 'done' and g.failed = 0)
 group by j.location_id
union all
select 'import_unfinished', null, count(*), min(created_at), max(id), min(state), max(file_name)
  from import
 where state in ('reading', 'preview', 'applying') and created_at < cast(?2 as bigint)
having count(*) > 0
