-- name: audit_lock
-- Two processes on one PostgreSQL (the server, and a command on the host) take turns at the end of
-- the chain; on SQLite the write transaction is the turn.
select 1
-- postgres:
select 1 from pg_advisory_xact_lock(7092026)

-- name: audit_last
-- -> id, chain_hash
select id, chain_hash from audit order by id desc limit 1

-- name: audit_insert
insert into audit (id, at, actor_kind, actor_id, actor_name, from_address, act, target_kind,
                   target_id, target_name, detail, chain_hash)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)

-- name: audit_list
-- before id, limit; newest first
select id, at, actor_kind, actor_id, actor_name, from_address, act, target_kind, target_id,
       target_name, detail, chain_hash
  from audit where id < ?1 order by id desc limit ?2

-- name: audit_list_of
-- before id, limit, target kind, target id or null
select id, at, actor_kind, actor_id, actor_name, from_address, act, target_kind, target_id,
       target_name, detail, chain_hash
  from audit
 where id < ?1 and target_kind = ?3 and (cast(?4 as text) is null or target_id = ?4)
 order by id desc limit ?2

-- name: audit_walk
-- after id, limit; oldest first
select id, at, actor_kind, actor_id, actor_name, from_address, act, target_kind, target_id,
       target_name, detail, chain_hash
  from audit where id > ?1 order by id limit ?2
