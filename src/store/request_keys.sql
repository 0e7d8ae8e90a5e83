-- Requests by their Idempotency-Key.

-- name: request_keys_claim
insert into request_key (caller, key, request_hash, state, life, created_at)
values (?1, ?2, ?3, 'running', ?4, ?5)
on conflict do nothing

-- name: request_keys_find
select request_hash, state, life, status, content_type, answer from request_key where caller = ?1 and key = ?2

-- Left behind by a process that ended before anything was committed: ours now.
-- name: request_keys_take
update request_key set life = ?3, created_at = ?4
where caller = ?1 and key = ?2 and state = 'running' and life <> ?3

-- name: request_keys_acted
update request_key set state = 'acted' where caller = ?1 and key = ?2 and state = 'running'

-- name: request_keys_done
update request_key set state = 'done', status = ?3, content_type = ?4, answer = ?5
where caller = ?1 and key = ?2

-- name: request_keys_forget
delete from request_key where caller = ?1 and key = ?2

-- name: request_keys_prune
delete from request_key where created_at < ?1
