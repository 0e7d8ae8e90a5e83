-- The living people who answer to the lines of a pasted list. A list comes as JSON arrays, in which the
-- lines have the same places; what a line cannot be is null there. `cross join` keeps SQLite to the
-- order as it is written: the lines first, then an index.

-- name: people_lines_named
-- folded lines, lines in upper case -> place of the line, id, display name
select n, id, display_name from (
select l.key as n, p.id, p.display_name
  from json_each(?1) l cross join person p where p.user_key = l.value and p.deleted_at is null
union
select l.key, p.id, p.display_name
  from json_each(?1) l cross join person p where p.email_key = l.value and p.deleted_at is null
union
select l.key, p.id, p.display_name
  from json_each(?1) l cross join person p where p.account_key = l.value and p.deleted_at is null
union
select l.key, p.id, p.display_name
  from json_each(?2) l cross join device d cross join person p
 where d.serial_number = l.value and p.id = d.person_id and p.deleted_at is null)
 order by n, id
-- postgres:
with line (n, folded, serial) as (
  select f.n - 1, f.value, s.value
    from json_array_elements_text(cast(?1 as json)) with ordinality f (value, n)
    join json_array_elements_text(cast(?2 as json)) with ordinality s (value, n) on s.n = f.n)
select n, id, display_name from (
select n, p.id, p.display_name from line join person p on p.user_key = folded and p.deleted_at is null
union
select n, p.id, p.display_name from line join person p on p.email_key = folded and p.deleted_at is null
union
select n, p.id, p.display_name from line join person p on p.account_key = folded and p.deleted_at is null
union
select n, p.id, p.display_name
  from line join device d on d.serial_number = serial join person p on p.id = d.person_id and p.deleted_at is null) found
 order by n, id

-- name: people_lines_numbered
-- lines as they are, numbers -> place of the line, id, display name
select n, id, display_name from (
select l.key as n, p.id, p.display_name
  from location o cross join json_each(?1) l cross join vpp_user v cross join person p
 where o.left_at is null and v.location_id = o.id and v.client_user_id = l.value
   and p.id = v.person_id and p.deleted_at is null
union
select l.key, p.id, p.display_name
  from json_each(?2) l cross join person p where p.id = l.value and p.deleted_at is null)
 order by n, id
-- postgres:
with line (n, client, number) as (
  select c.n - 1, c.value, cast(i.value as bigint)
    from json_array_elements_text(cast(?1 as json)) with ordinality c (value, n)
    join json_array_elements_text(cast(?2 as json)) with ordinality i (value, n) on i.n = c.n)
select n, id, display_name from (
select n, p.id, p.display_name
  from line cross join location o
  join vpp_user v on v.location_id = o.id and v.client_user_id = client
  join person p on p.id = v.person_id and p.deleted_at is null
 where o.left_at is null
union
select n, p.id, p.display_name from line join person p on p.id = number and p.deleted_at is null) found
 order by n, id
