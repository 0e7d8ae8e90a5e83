-- The device rows.

-- name: devices_list
select d.id, d.serial_number, d.udid, d.name, d.model, d.platform, d.os_version, d.enrolment_type,
       d.state, d.person_id, p.display_name, d.mdm_id, d.source, d.created_at, d.updated_at
  from device d
  left join person p on p.id = d.person_id
 where d.serial_number > cast(?1 as text)
   and (cast(?2 as text) is null or d.serial_number like cast(?2 as text) escape '\'
        or upper(d.name) like cast(?2 as text) escape '\'
        or upper(d.model) like cast(?2 as text) escape '\')
   and (cast(?3 as text) is null or d.platform = cast(?3 as text))
   and (cast(?4 as text) is null or d.state = cast(?4 as text))
   and (cast(?5 as bigint) is null or d.person_id = cast(?5 as bigint))
 order by d.serial_number
 limit cast(?6 as bigint)

-- name: devices_count
select count(*)
  from device d
 where (cast(?1 as text) is null or d.serial_number like cast(?1 as text) escape '\'
        or upper(d.name) like cast(?1 as text) escape '\'
        or upper(d.model) like cast(?1 as text) escape '\')
   and (cast(?2 as text) is null or d.platform = cast(?2 as text))
   and (cast(?3 as text) is null or d.state = cast(?3 as text))
   and (cast(?4 as bigint) is null or d.person_id = cast(?4 as bigint))

-- name: devices_of_person
select d.id, d.serial_number, d.udid, d.name, d.model, d.platform, d.os_version, d.enrolment_type,
       d.state, d.person_id, p.display_name, d.mdm_id, d.source, d.created_at, d.updated_at
  from device d
  left join person p on p.id = d.person_id
 where d.person_id = ?1
 order by case d.state when 'activated' then 0 when 'pending' then 1 else 2 end,
       d.updated_at desc, d.id desc
 limit 100

-- name: devices_find_by_serial
select d.id, d.serial_number, d.udid, d.name, d.model, d.platform, d.os_version, d.enrolment_type,
       d.state, d.person_id, p.display_name, d.mdm_id, d.source, d.created_at, d.updated_at
  from device d
  left join person p on p.id = d.person_id
 where d.serial_number = ?1

-- ?1 is a JSON array of serial numbers.
-- name: devices_of_serials
select d.id, d.serial_number, d.udid, d.name, d.model, d.platform, d.os_version, d.enrolment_type,
       d.state, d.person_id, p.display_name, d.mdm_id, d.source, d.created_at, d.updated_at
  from device d
  left join person p on p.id = d.person_id
 where d.serial_number in (select value from json_each(?1))
-- postgres:
select d.id, d.serial_number, d.udid, d.name, d.model, d.platform, d.os_version, d.enrolment_type,
       d.state, d.person_id, p.display_name, d.mdm_id, d.source, d.created_at, d.updated_at
  from device d
  left join person p on p.id = d.person_id
 where d.serial_number = any(array(select json_array_elements_text(cast(?1 as json))))

-- name: devices_insert
insert into device (serial_number, udid, name, model, platform, os_version, enrolment_type, state,
                    person_id, mdm_id, source, created_at, updated_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
returning id

-- name: devices_update
update device
   set serial_number = ?2, udid = ?3, name = ?4, model = ?5, platform = ?6, os_version = ?7,
       enrolment_type = ?8, state = ?9, person_id = ?10, mdm_id = ?11, source = ?12,
       updated_at = ?13
 where id = ?1
