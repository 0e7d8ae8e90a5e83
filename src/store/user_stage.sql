-- Queries of user_stage.c.

-- name: user_stage_put
insert into user_stage (job_id, client_user_id, status, email, id_hash, invite_code_box)
values (?1, ?2, ?3, ?4, ?5, ?6)
on conflict (job_id, client_user_id) do update set status = excluded.status, email = excluded.email,
  id_hash = excluded.id_hash, invite_code_box = excluded.invite_code_box

-- name: user_stage_find
select client_user_id, status, email, id_hash, invite_code_box
from user_stage where job_id = ?1 and client_user_id = ?2

-- name: user_stage_clear
delete from user_stage where job_id = ?1 and client_user_id in (
  select client_user_id from user_stage where job_id = ?1 order by client_user_id limit ?2)

-- name: user_stage_next_job
select coalesce(min(job_id), 0) from user_stage where job_id > ?1
