-- Queries of traffic.c.

-- name: traffic_last
select coalesce(max(seq), 0) from traffic where job_id = ?1

-- name: traffic_insert
insert into traffic (job_id, seq, at, operation, method, url, request, status, response, failure, number, duration_ms)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)

-- How a job began and how it went on last is kept; what is between goes, the oldest first.
-- name: traffic_drop_middle
delete from traffic where job_id = ?1 and seq > ?2 and seq <= ?3

-- name: traffic_list
-- job, after seq, limit; in order
select t.seq, t.at, t.operation, t.method, t.url, t.request, t.status, t.response, t.failure, t.number, t.duration_ms,
  t.seq - 1 - coalesce((select max(b.seq) from traffic b where b.job_id = t.job_id and b.seq < t.seq), 0)
from traffic t where t.job_id = ?1 and t.seq > ?2 order by t.seq limit ?3

-- name: traffic_prune
delete from traffic where at < ?1
