-- Messages in, unique by (source, message_id).

-- name: inbox_put
insert into inbox (source, location_id, message_id, kind, body_box, state, received_at)
values (?1, ?2, ?3, ?4, ?5, 'new', ?6)
on conflict (source, message_id) do nothing

-- name: inbox_new
select id, source, location_id, message_id, kind, body_box, received_at
  from inbox where state = 'new' and source = ?1
 order by id
 limit cast(?2 as bigint)

-- name: inbox_set_state
update inbox set state = ?2, handled_at = ?3, body_box = '' where id = ?1

-- name: inbox_forget
delete from inbox where state <> 'new' and handled_at < ?1
