-- name: sign_in_failures_get
-- key, since
select failures, last_at from sign_in_failure where failure_key = ?1 and last_at >= ?2

-- name: sign_in_failures_add
-- key, since, now
insert into sign_in_failure (failure_key, failures, last_at) values (?1, 1, ?3)
on conflict (failure_key) do update set
  failures = case when sign_in_failure.last_at < ?2 then 1 else sign_in_failure.failures + 1 end,
  last_at = excluded.last_at

-- name: sign_in_failures_clear
delete from sign_in_failure where failure_key = ?1

-- name: sign_in_failures_sweep
-- before; the second half holds the table to 100,000 rows
delete from sign_in_failure
 where last_at < ?1
    or last_at < (select last_at from sign_in_failure order by last_at desc limit 1 offset 100000)
