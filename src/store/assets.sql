-- The asset and assignment rows, mirrors of Apple's lists.

-- name: assets_put
-- location_id, adam_id, pricing_param, product_type, is_revocable, device_assignable, platforms,
-- four counts, name, seen_at. A name that Apple's list does not hold is kept.
insert into asset (location_id, adam_id, pricing_param, product_type, is_revocable, device_assignable,
                   platforms, available_count, assigned_count, retired_count, total_count, name, seen_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
on conflict (location_id, adam_id, pricing_param) do update
   set product_type = excluded.product_type, is_revocable = excluded.is_revocable,
       device_assignable = excluded.device_assignable, platforms = excluded.platforms,
       available_count = excluded.available_count, assigned_count = excluded.assigned_count,
       retired_count = excluded.retired_count, total_count = excluded.total_count,
       name = coalesce(excluded.name, asset.name), seen_at = excluded.seen_at

-- name: assets_drop_unseen
delete from asset where location_id = ?1 and seen_at < ?2

-- part: asset
select a.id, a.location_id, a.adam_id, a.pricing_param, a.product_type, a.is_revocable, a.device_assignable, a.platforms,
       a.available_count, a.assigned_count, a.retired_count, a.total_count, a.name, a.seen_at, a.left_ppm,
       coalesce(a.name_key, a.adam_id)
  from (select x.*, case when x.total_count is null or x.total_count <= 0 or x.total_count >= cast(?2 as bigint)
                         then 1000001 else coalesce(x.available_count, 0) * 1000000 / x.total_count end as left_ppm
          from asset x where x.location_id = ?1) a

-- location, unlimited, like-pattern of name or null, of number or null, product type or null, use or null
-- left_ppm is what is left of a million, and over it for what is not counted.
-- part: asset_filter
 where (cast(?3 as text) is null or a.name_key like cast(?3 as text) escape '\' or a.adam_id like cast(?4 as text) escape '\')
   and (cast(?5 as text) is null or a.product_type = cast(?5 as text))
   and (cast(?6 as text) is null
        or (cast(?6 as text) = 'out' and a.left_ppm <= 0)
        or (cast(?6 as text) = 'nearly' and a.left_ppm > 0 and a.left_ppm <= 100000)
        or (cast(?6 as text) = 'free' and a.left_ppm > 100000))

-- name: assets_list
-- … after id, limit
{{asset}}
{{asset_filter}}
   and a.id > ?7
 order by a.id
 limit cast(?8 as bigint)

-- What is scarcest comes first.
-- name: assets_list_scarce
-- … after id, limit, after left_ppm
{{asset}}
{{asset_filter}}
   and (a.left_ppm, a.id) > (cast(?9 as bigint), ?7)
 order by a.left_ppm, a.id
 limit cast(?8 as bigint)

-- name: assets_list_named
-- … after id, limit, after name
{{asset}}
{{asset_filter}}
   and (coalesce(a.name_key, a.adam_id), a.id) > (cast(?9 as text), ?7)
 order by coalesce(a.name_key, a.adam_id), a.id
 limit cast(?8 as bigint)

-- name: assets_find
-- location, unlimited, number, pricing
{{asset}}
 where a.adam_id = ?3 and a.pricing_param = ?4

-- name: assets_count
select count(*) from (
{{asset}}
{{asset_filter}}
) n

-- name: assignments_put_user
insert into assignment (location_id, adam_id, pricing_param, client_user_id, serial_number, seen_at)
values (?1, ?2, ?3, ?4, null, ?5)
on conflict (location_id, client_user_id, adam_id, pricing_param) where client_user_id is not null
do update set seen_at = excluded.seen_at

-- name: assignments_put_device
insert into assignment (location_id, adam_id, pricing_param, client_user_id, serial_number, seen_at)
values (?1, ?2, ?3, null, ?4, ?5)
on conflict (location_id, serial_number, adam_id, pricing_param) where serial_number is not null
do update set seen_at = excluded.seen_at

-- name: assignments_drop_unseen
delete from assignment where location_id = ?1 and seen_at < ?2

-- Who holds what, with the names that we have for both.
-- part: held
select s.id, s.location_id, s.adam_id, s.pricing_param, s.client_user_id, s.serial_number, s.seen_at,
       a.name, a.product_type, coalesce(a.is_revocable, 1), coalesce(v.person_id, d.person_id),
       p.display_name
  from assignment s
  left join asset a on a.location_id = s.location_id and a.adam_id = s.adam_id
                   and a.pricing_param = s.pricing_param
  left join vpp_user v on v.location_id = s.location_id and v.client_user_id = s.client_user_id
  left join device d on d.serial_number = s.serial_number
  left join person p on p.id = coalesce(v.person_id, d.person_id) and p.deleted_at is null

-- name: assignments_list
{{held}}
 where s.location_id = ?1 and s.id > ?2
 order by s.id
 limit cast(?3 as bigint)

-- name: assignments_list_of_user
{{held}}
 where s.location_id = ?1 and s.client_user_id = ?4 and s.id > ?2
 order by s.id
 limit cast(?3 as bigint)

-- name: assignments_list_of_device
{{held}}
 where s.location_id = ?1 and s.serial_number = ?4 and s.id > ?2
 order by s.id
 limit cast(?3 as bigint)

-- part: of_asset
 where s.location_id = ?1 and s.adam_id = ?4 and s.pricing_param = ?5 and s.id > ?2
   and (cast(?6 as text) is null or (cast(?6 as text) = 'user' and s.client_user_id is not null)
        or (cast(?6 as text) = 'device' and s.serial_number is not null))

-- name: assignments_list_of_asset
{{held}}
{{of_asset}}
 order by s.id
 limit cast(?3 as bigint)

-- Many people are named so: the holders are gone through until a page is full.
-- name: assignments_list_of_asset_like
{{held}}
{{of_asset}}
   and p.search_text like cast(?7 as text) escape '\'
 order by s.id
 limit cast(?3 as bigint)

-- Few people are named so (?7, a JSON list), or it is the very id ?8.
-- name: assignments_list_of_asset_named
{{held}}
{{of_asset}}
   and s.id in (
     select n.id from vpp_user m join assignment n on n.location_id = ?1 and n.client_user_id = m.client_user_id
                                                  and n.adam_id = ?4 and n.pricing_param = ?5
      where m.location_id = ?1 and m.person_id in (select value from json_each(?7))
     union
     select n.id from device m join assignment n on n.location_id = ?1 and n.serial_number = m.serial_number
                                                and n.adam_id = ?4 and n.pricing_param = ?5
      where m.person_id in (select value from json_each(?7))
     union
     select n.id from assignment n
      where n.location_id = ?1 and n.client_user_id = cast(?8 as text) and n.adam_id = ?4 and n.pricing_param = ?5
     union
     select n.id from assignment n
      where n.location_id = ?1 and n.serial_number = upper(cast(?8 as text)) and n.adam_id = ?4 and n.pricing_param = ?5)
 order by s.id
 limit cast(?3 as bigint)
-- postgres:
{{held}}
{{of_asset}}
   and s.id in (
     select n.id from vpp_user m join assignment n on n.location_id = ?1 and n.client_user_id = m.client_user_id
                                                  and n.adam_id = ?4 and n.pricing_param = ?5
      where m.location_id = ?1 and m.person_id in (select cast(value as bigint) from json_array_elements_text(cast(?7 as json)))
     union
     select n.id from device m join assignment n on n.location_id = ?1 and n.serial_number = m.serial_number
                                                and n.adam_id = ?4 and n.pricing_param = ?5
      where m.person_id in (select cast(value as bigint) from json_array_elements_text(cast(?7 as json)))
     union
     select n.id from assignment n
      where n.location_id = ?1 and n.client_user_id = cast(?8 as text) and n.adam_id = ?4 and n.pricing_param = ?5
     union
     select n.id from assignment n
      where n.location_id = ?1 and n.serial_number = upper(cast(?8 as text)) and n.adam_id = ?4 and n.pricing_param = ?5)
 order by s.id
 limit cast(?3 as bigint)

-- name: assignments_count
select count(*) from assignment
 where location_id = ?1 and (cast(?2 as text) is null or client_user_id = cast(?2 as text))
   and (cast(?3 as text) is null or serial_number = cast(?3 as text))
   and (cast(?4 as text) is null or (adam_id = cast(?4 as text) and pricing_param = cast(?5 as text)))
   and (cast(?6 as text) is null or (cast(?6 as text) = 'user' and client_user_id is not null)
        or (cast(?6 as text) = 'device' and serial_number is not null))

-- An app has one name in all locations.
-- name: assets_rename
update asset set name = ?2, name_key = ?3 where adam_id = ?1

-- name: assets_known
select count(*) from asset where adam_id = ?1

-- name: assignments_count_of
-- location_id, client_user_id -> revocable, irrevocable. An asset that we do not know counts as revocable.
select coalesce(sum(case when coalesce(a.is_revocable, 1) = 1 then 1 else 0 end), 0),
       coalesce(sum(case when coalesce(a.is_revocable, 1) = 1 then 0 else 1 end), 0)
  from assignment s
  left join asset a on a.location_id = s.location_id and a.adam_id = s.adam_id
                   and a.pricing_param = s.pricing_param
 where s.location_id = ?1 and s.client_user_id = ?2

-- name: assignments_drop_revocable_of
delete from assignment
 where location_id = ?1 and client_user_id = ?2
   and not exists (select 1 from asset a
                    where a.location_id = assignment.location_id and a.adam_id = assignment.adam_id
                      and a.pricing_param = assignment.pricing_param and a.is_revocable = 0)
