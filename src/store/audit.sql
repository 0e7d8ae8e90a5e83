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
                   target_id, target_name, detail, result, chain_hash)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)

-- name: audit_list
-- before id, limit, target kind, target id, actor, like-pattern of the act, from, up to, result,
-- like-pattern of the target's name; newest first. A moment is turned into the number of a row, along which the list is walked.
select id, at, actor_kind, actor_id, actor_name, from_address, act, target_kind, target_id,
       target_name, detail, result, chain_hash
  from audit
 where id < cast(?1 as bigint)
   and (cast(?3 as text) is null or target_kind = cast(?3 as text))
   and (cast(?4 as text) is null or target_id = cast(?4 as text))
   and (cast(?5 as text) is null or actor_name = cast(?5 as text))
   and (cast(?6 as text) is null or act like cast(?6 as text) escape '\')
   and (cast(?7 as bigint) is null or id >= (select min(id) from audit where at >= cast(?7 as bigint)))
   and (cast(?8 as bigint) is null or id <= (select max(id) from audit where at < cast(?8 as bigint)))
   and (cast(?9 as text) is null or result = cast(?9 as text))
   and (cast(?10 as text) is null or lower(target_name) like cast(?10 as text) escape '\'
        or target_name like cast(?11 as text) escape '\')
 order by id desc limit cast(?2 as bigint)

-- name: audit_list_of
-- before id, limit, target kind, target id or null
select id, at, actor_kind, actor_id, actor_name, from_address, act, target_kind, target_id,
       target_name, detail, result, chain_hash
  from audit
 where id < ?1 and target_kind = ?3 and (cast(?4 as text) is null or target_id = ?4)
 order by id desc limit ?2

-- name: audit_walk
-- after id, limit; oldest first
select id, at, actor_kind, actor_id, actor_name, from_address, act, target_kind, target_id,
       target_name, detail, result, chain_hash
  from audit where id > ?1 order by id limit ?2

-- name: audit_hash_of
select chain_hash from audit where id = ?1
