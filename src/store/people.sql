-- The person rows. A filter is the same nine parameters everywhere; one that is NULL is off:
--   ?1 location whose VPP users are meant   ?2 like-pattern over search_text
--   ?3, ?4 serial numbers from, up to       ?5 department   ?6 is_eligible   ?7 is_active
--   ?8 a platform bit                       ?9 ",state,state," (failed: the mark)
-- A list is walked along person_sort (a keyset: no offset, no sort), work along the primary key. When
-- the filter names few people those are found first (people_narrow_…): docs/design/people-list.md.

-- The columns in the order that people.c reads, and ?1, the location whose VPP user comes with them.
-- part: columns
select p.id, p.user_name, p.user_key, p.display_name, p.sort_name, p.search_text, p.email, p.email_key,
       p.managed_apple_account, p.account_key, p.groups, p.department, p.language, p.is_active,
       p.is_eligible, p.platforms, p.source, p.created_at, p.updated_at, p.deleted_at,
       (select count(*) from device d where d.person_id = p.id),
       v.id, v.client_user_id, v.state, v.message_state, v.message_channel, v.message_reason,
       v.message_at, v.failed_number, v.failed_reason, v.missing_since, v.registered_at, v.associated_at,
       p.department_key, v.apple_seen_at,
       (select count(*) from assignment s
         where s.location_id = v.location_id and s.client_user_id = v.client_user_id)

-- part: row
{{columns}}
  from person p
  left join vpp_user v on v.location_id = cast(?1 as bigint) and v.person_id = p.id and v.is_live = 1

-- part: who
   and (cast(?2 as text) is null or p.search_text like cast(?2 as text) escape '\'
        or p.id in (select d.person_id from device d
                     where d.serial_number >= cast(?3 as text) and d.serial_number < cast(?4 as text)))
   and (cast(?5 as text) is null or p.department = cast(?5 as text))
   and (cast(?6 as bigint) is null or p.is_eligible = cast(?6 as bigint))
   and (cast(?7 as bigint) is null or p.is_active = cast(?7 as bigint))
   and (cast(?8 as bigint) is null or (p.platforms & cast(?8 as bigint)) <> 0)

-- part: filter
{{who}}
   and (cast(?9 as text) is null
        or cast(?9 as text) like '%,' || coalesce(v.state, 'none') || ',%'
        or (v.failed_reason is not null and cast(?9 as text) like '%,failed,%'))

-- The four lists, each from an index that holds it in order of the name, between two places of it:
-- after (?10, ?11) and before the name ?13 (going down: before (?10, ?11), and not below ?13).
-- name: people_list
{{row}}
 where p.deleted_at is null
   and (p.sort_name, p.id) > (cast(?10 as text), cast(?11 as bigint))
   and p.sort_name < cast(?13 as text)
{{filter}}
 order by p.sort_name, p.id
 limit cast(?12 as bigint)

-- name: people_list_down
{{row}}
 where p.deleted_at is null
   and (p.sort_name, p.id) < (cast(?10 as text), cast(?11 as bigint))
   and p.sort_name >= cast(?13 as text)
{{filter}}
 order by p.sort_name desc, p.id desc
 limit cast(?12 as bigint)

-- Of the one state ?9.
-- name: people_list_state
{{columns}}
  from vpp_user v join person p on p.id = v.person_id
 where v.location_id = cast(?1 as bigint) and v.is_live = 1 and v.state = cast(?9 as text)
   and (v.sort_name, v.person_id) > (cast(?10 as text), cast(?11 as bigint))
   and v.sort_name < cast(?13 as text)
   and p.deleted_at is null
{{who}}
 order by v.sort_name, v.person_id
 limit cast(?12 as bigint)

-- name: people_list_state_down
{{columns}}
  from vpp_user v join person p on p.id = v.person_id
 where v.location_id = cast(?1 as bigint) and v.is_live = 1 and v.state = cast(?9 as text)
   and (v.sort_name, v.person_id) < (cast(?10 as text), cast(?11 as bigint))
   and v.sort_name >= cast(?13 as text)
   and p.deleted_at is null
{{who}}
 order by v.sort_name desc, v.person_id desc
 limit cast(?12 as bigint)

-- Of the mark; ?9 is not looked at.
-- name: people_list_failed
{{columns}}
  from vpp_user v join person p on p.id = v.person_id
 where v.location_id = cast(?1 as bigint) and v.is_live = 1 and v.failed_reason is not null
   and (cast(?9 as text) is null or 1 = 1)
   and (v.sort_name, v.person_id) > (cast(?10 as text), cast(?11 as bigint))
   and v.sort_name < cast(?13 as text)
   and p.deleted_at is null
{{who}}
 order by v.sort_name, v.person_id
 limit cast(?12 as bigint)

-- name: people_list_failed_down
{{columns}}
  from vpp_user v join person p on p.id = v.person_id
 where v.location_id = cast(?1 as bigint) and v.is_live = 1 and v.failed_reason is not null
   and (cast(?9 as text) is null or 1 = 1)
   and (v.sort_name, v.person_id) < (cast(?10 as text), cast(?11 as bigint))
   and v.sort_name >= cast(?13 as text)
   and p.deleted_at is null
{{who}}
 order by v.sort_name desc, v.person_id desc
 limit cast(?12 as bigint)

-- Who is no VPP user anywhere; ?9 is not looked at.
-- name: people_list_without
{{row}}
 where p.deleted_at is null and p.vpp_users = 0
   and (cast(?9 as text) is null or 1 = 1)
   and (p.sort_name, p.id) > (cast(?10 as text), cast(?11 as bigint))
   and p.sort_name < cast(?13 as text)
{{who}}
 order by p.sort_name, p.id
 limit cast(?12 as bigint)

-- name: people_list_without_down
{{row}}
 where p.deleted_at is null and p.vpp_users = 0
   and (cast(?9 as text) is null or 1 = 1)
   and (p.sort_name, p.id) < (cast(?10 as text), cast(?11 as bigint))
   and p.sort_name >= cast(?13 as text)
{{who}}
 order by p.sort_name desc, p.id desc
 limit cast(?12 as bigint)

-- The other orders, each from an index of its own: after (?10, ?11), at most ?12. Who has no value has a query
-- of their own, because both databases would put them elsewhere.
-- name: people_list_email
{{row}}
 where p.deleted_at is null
   and (p.email_key, p.id) > (cast(?10 as text), cast(?11 as bigint))
{{filter}}
 order by p.email_key, p.id
 limit cast(?12 as bigint)

-- name: people_list_email_down
{{row}}
 where p.deleted_at is null
   and (p.email_key, p.id) < (cast(?10 as text), cast(?11 as bigint))
{{filter}}
 order by p.email_key desc, p.id desc
 limit cast(?12 as bigint)

-- name: people_list_no_email
{{row}}
 where p.deleted_at is null and p.email_key is null
   and cast(?10 as text) is not null and p.id > cast(?11 as bigint)
{{filter}}
 order by p.id
 limit cast(?12 as bigint)

-- name: people_list_department
{{row}}
 where p.deleted_at is null
   and (p.department_key, p.id) > (cast(?10 as text), cast(?11 as bigint))
{{filter}}
 order by p.department_key, p.id
 limit cast(?12 as bigint)

-- name: people_list_department_down
{{row}}
 where p.deleted_at is null
   and (p.department_key, p.id) < (cast(?10 as text), cast(?11 as bigint))
{{filter}}
 order by p.department_key desc, p.id desc
 limit cast(?12 as bigint)

-- name: people_list_no_department
{{row}}
 where p.deleted_at is null and p.department_key is null
   and cast(?10 as text) is not null and p.id > cast(?11 as bigint)
{{filter}}
 order by p.id
 limit cast(?12 as bigint)

-- name: people_list_seen
{{columns}}
  from vpp_user v join person p on p.id = v.person_id
 where v.location_id = cast(?1 as bigint) and v.is_live = 1 and v.person_id is not null
   and (v.apple_seen_at, v.person_id) > (cast(cast(?10 as text) as bigint), cast(?11 as bigint))
   and p.deleted_at is null
{{filter}}
 order by v.apple_seen_at, v.person_id
 limit cast(?12 as bigint)

-- name: people_list_seen_down
{{columns}}
  from vpp_user v join person p on p.id = v.person_id
 where v.location_id = cast(?1 as bigint) and v.is_live = 1 and v.person_id is not null
   and (v.apple_seen_at, v.person_id) < (cast(cast(?10 as text) as bigint), cast(?11 as bigint))
   and p.deleted_at is null
{{filter}}
 order by v.apple_seen_at desc, v.person_id desc
 limit cast(?12 as bigint)

-- name: people_list_unseen
{{columns}}
  from vpp_user v join person p on p.id = v.person_id
 where v.location_id = cast(?1 as bigint) and v.is_live = 1 and v.person_id is not null
   and v.apple_seen_at is null
   and cast(?10 as text) is not null and v.person_id > cast(?11 as bigint)
   and p.deleted_at is null
{{filter}}
 order by v.person_id
 limit cast(?12 as bigint)

-- name: people_list_of_state
{{columns}}
  from vpp_user v join person p on p.id = v.person_id
 where v.location_id = cast(?1 as bigint) and v.is_live = 1 and v.state = cast(?13 as text)
   and (v.sort_name, v.person_id) > (cast(?10 as text), cast(?11 as bigint))
   and p.deleted_at is null
{{filter}}
 order by v.sort_name, v.person_id
 limit cast(?12 as bigint)

-- name: people_list_of_state_down
{{columns}}
  from vpp_user v join person p on p.id = v.person_id
 where v.location_id = cast(?1 as bigint) and v.is_live = 1 and v.state = cast(?13 as text)
   and (v.sort_name, v.person_id) < (cast(?10 as text), cast(?11 as bigint))
   and p.deleted_at is null
{{filter}}
 order by v.sort_name desc, v.person_id desc
 limit cast(?12 as bigint)

-- Has anybody a live VPP user in another location than this?
-- name: people_have_others
select count(*) from vpp_user_tally where location_id <> ?1 and whose = 1 and users > 0

-- name: people_walk
{{row}}
 where p.deleted_at is null
   and p.id > cast(?10 as bigint)
{{filter}}
 order by p.id
 limit cast(?11 as bigint)

-- name: people_count_matching
select count(*)
  from person p
  left join vpp_user v on v.location_id = cast(?1 as bigint) and v.person_id = p.id and v.is_live = 1
 where p.deleted_at is null
{{filter}}

-- name: people_matches
select count(*)
  from person p
  left join vpp_user v on v.location_id = cast(?1 as bigint) and v.person_id = p.id and v.is_live = 1
 where p.deleted_at is null
   and p.id = cast(?10 as bigint)
{{filter}}

-- The first ?10 of everyone: what a count looks at when it may not look at all.
-- name: people_count_first
select count(*)
  from (select id, search_text, department, is_eligible, is_active, platforms
          from person where deleted_at is null
         order by sort_name, id
         limit cast(?10 as bigint)) p
  left join vpp_user v on v.location_id = cast(?1 as bigint) and v.person_id = p.id and v.is_live = 1
 where 1 = 1
{{filter}}

-- Those who can match, in order of id after ?3, at most ?4: all that hold the trigrams ?1 (SQLite), or
-- ?2 itself (PostgreSQL). Whoever of them does not match is sorted out by people_narrow_pass.
-- name: people_narrow_text
select rowid from person_search
 where person_search match ?1 and cast(?2 as text) is not null and rowid > ?3
 order by rowid limit cast(?4 as bigint)
-- postgres:
select id from person
 where cast(?1 as text) is not null and search_text like cast(?2 as text) escape '\'
   and deleted_at is null and id > ?3
 order by id limit cast(?4 as bigint)

-- name: people_narrow_serial
select person_id from device
 where serial_number >= ?1 and serial_number < ?2 and person_id is not null limit cast(?3 as bigint)

-- name: people_narrow_state
select person_id from vpp_user
 where location_id = ?1 and is_live = 1 and person_id is not null
   and state in (select value from json_each(?2)) limit cast(?3 as bigint)
-- postgres:
select person_id from vpp_user
 where location_id = ?1 and is_live = 1 and person_id is not null
   and state in (select json_array_elements_text(cast(?2 as json))) limit cast(?3 as bigint)

-- name: people_narrow_failed
select person_id from vpp_user
 where location_id = ?1 and is_live = 1 and person_id is not null and failed_reason is not null
 limit cast(?2 as bigint)

-- Which of the ids ?10 match in all, with what a list may be sorted by.
-- name: people_narrow_pass
select p.id, p.sort_name, p.email_key, p.department_key, v.state, v.apple_seen_at
  from person p
  left join vpp_user v on v.location_id = cast(?1 as bigint) and v.person_id = p.id and v.is_live = 1
 where p.id in (select value from json_each(?10))
   and p.deleted_at is null
{{filter}}
-- postgres:
select p.id, p.sort_name, p.email_key, p.department_key, v.state, v.apple_seen_at
  from person p
  left join vpp_user v on v.location_id = cast(?1 as bigint) and v.person_id = p.id and v.is_live = 1
 where p.id in (select cast(value as bigint) from json_array_elements_text(cast(?10 as json)))
   and p.deleted_at is null
{{filter}}

-- The same where nothing is asked about the record (?1 and ?9 are not looked at): a third of the visits.
-- name: people_narrow_pass_who
select p.id, p.sort_name, p.email_key, p.department_key, null, null
  from person p
 where p.id in (select value from json_each(?10))
   and p.deleted_at is null
   and (cast(?1 as bigint) is null or cast(?9 as text) is null or 1 = 1)
{{who}}
-- postgres:
select p.id, p.sort_name, p.email_key, p.department_key, cast(null as text), cast(null as bigint)
  from person p
 where p.id in (select cast(value as bigint) from json_array_elements_text(cast(?10 as json)))
   and p.deleted_at is null
   and (cast(?1 as bigint) is null or cast(?9 as text) is null or 1 = 1)
{{who}}

-- The trigrams from ?1 and before ?2 with how many people hold each; their index is read for it. PostgreSQL finds one
-- letter by itself.
-- name: people_narrow_terms
select term, doc from person_search_terms where term >= ?1 and term < ?2
-- postgres:
select cast(?1 as text), cast(0 as bigint) where cast(?2 as text) is not null

-- Live records of living people, of the states ?2 (",invited,failed,"; NULL: any) and flags.
-- name: people_count_live
select cast(coalesce(sum(users), 0) as bigint) from vpp_user_tally
 where location_id = cast(?1 as bigint) and whose = 1
   and (cast(?2 as text) is null or cast(?2 as text) like '%,' || state || ',%'
        or (is_failed = 1 and cast(?2 as text) like '%,failed,%'))
   and (cast(?3 as bigint) is null or is_eligible = cast(?3 as bigint))
   and (cast(?4 as bigint) is null or is_active = cast(?4 as bigint))
   and (cast(?5 as bigint) is null or (platforms & cast(?5 as bigint)) <> 0)

-- Kept with each write: how many people there are of each set of flags.
-- name: people_count_flags
select cast(coalesce(sum(people), 0) as bigint) from person_tally
 where (cast(?1 as bigint) is null or is_eligible = cast(?1 as bigint))
   and (cast(?2 as bigint) is null or is_active = cast(?2 as bigint))
   and (cast(?3 as bigint) is null or (platforms & cast(?3 as bigint)) <> 0)

-- name: people_tally_out
update person_tally set people = people - 1
 where (is_eligible, is_active, platforms) = (select p.is_eligible, p.is_active, p.platforms
          from person p where p.id = cast(?1 as bigint) and p.deleted_at is null)

-- name: people_tally_in
insert into person_tally (is_eligible, is_active, platforms, people)
select is_eligible, is_active, platforms, 1 from person
 where id = cast(?1 as bigint) and deleted_at is null
on conflict (is_eligible, is_active, platforms) do update set people = person_tally.people + 1

-- SQLite's index of trigrams is kept by hand: the old text goes before the row changes, the new one
-- comes after. PostgreSQL keeps its own, so there these only read.
-- name: people_search_out
delete from person_search
 where rowid = ?1 and exists (select 1 from person where id = ?1 and search_text <> ?2)
-- postgres:
select id from person where id = ?1 and search_text <> ?2

-- name: people_search_in
insert into person_search (rowid, search_text) select id, search_text from person where id = ?1
-- postgres:
select id from person where id = ?1

-- name: people_find
{{row}}
 where p.id = cast(?2 as bigint)

-- ?2 is a JSON array of keys.
-- name: people_of_user_keys
{{row}}
 where p.deleted_at is null and p.user_key in (select value from json_each(?2))
-- postgres:
{{row}}
 where p.deleted_at is null
   and p.user_key = any(array(select json_array_elements_text(cast(?2 as json))))

-- name: people_find_by_user_key
select id from person where user_key = ?1 and deleted_at is null

-- name: people_find_by_email_key
select id from person where email_key = ?1 and deleted_at is null limit 2

-- name: people_find_by_account_key
select id from person where account_key = ?1 and deleted_at is null limit 2

-- Which of the folded addresses ?1 belong to somebody who lives, as e-mail or as Managed Apple Account;
-- their places in the list, from 0.
-- name: people_addresses
select j.key from json_each(?1) j
where exists (select 1 from person p where p.email_key = j.value and p.deleted_at is null)
   or exists (select 1 from person p where p.account_key = j.value and p.deleted_at is null)
-- postgres:
select j.place - 1 from json_array_elements_text(cast(?1 as json)) with ordinality j (value, place)
where exists (select 1 from person p where p.email_key = j.value and p.deleted_at is null)
   or exists (select 1 from person p where p.account_key = j.value and p.deleted_at is null)

-- name: people_insert
insert into person (user_name, user_key, display_name, sort_name, search_text, email, email_key,
                    managed_apple_account, account_key, groups, department, language, is_active,
                    source, department_key, created_at, updated_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
returning id

-- name: people_update
update person
   set user_name = ?2, user_key = ?3, display_name = ?4, sort_name = ?5, search_text = ?6,
       email = ?7, email_key = ?8, managed_apple_account = ?9, account_key = ?10, groups = ?11,
       department = ?12, language = ?13, is_active = ?14, source = ?15, department_key = ?16,
       updated_at = ?17
 where id = ?1

-- name: people_delete
update person
   set deleted_at = cast(?2 as bigint), updated_at = cast(?2 as bigint), is_eligible = 0,
       platforms = 0
 where id = ?1 and deleted_at is null

-- name: people_free_devices
update device set person_id = null, updated_at = ?2 where person_id = ?1

-- The rule of domain/eligibility.h over the rows as they stand: active, living, and 7 = the bits of
-- iOS, iPadOS and macOS. 16: there is a device, activated or not.
-- name: people_refresh
update person
   set platforms = n.bits,
       is_eligible = case when is_active = 1 and deleted_at is null and (n.bits & 7) <> 0
                          then 1 else 0 end
  from (select coalesce(max(case when state = 'activated' and platform = 'iOS' then 1 else 0 end), 0)
             + coalesce(max(case when state = 'activated' and platform = 'iPadOS' then 2 else 0 end), 0)
             + coalesce(max(case when state = 'activated' and platform = 'macOS' then 4 else 0 end), 0)
             + coalesce(max(case when state = 'activated' and platform not in ('iOS', 'iPadOS', 'macOS')
                                 then 8 else 0 end), 0)
             + case when count(*) > 0 then 16 else 0 end as bits
          from device
         where person_id = cast(?1 as bigint)) n
 where person.id = cast(?1 as bigint)

-- Everything that was done for a person, newest first; a person has few rows, so they are sorted.
-- Items and invitations are numbered apart, so the order within a millisecond is by "both" number.
-- name: people_history
select h.type, h.id, h.at, h.job_id, h.kind, h.state, h.channel, h.detail, h.reason, h.apple_number,
       h.both_id
  from (select 'item' as type, i.id, i.updated_at as at, i.job_id, i.kind, i.state,
               cast(null as text) as channel, i.detail, i.reason, i.apple_number,
               i.id * 2 as both_id
          from item i
         where i.person_id = cast(?1 as bigint)
        union all
        select 'invitation', n.id, coalesce(n.sent_at, n.created_at), i.job_id, 'invitation',
               n.state, n.channel, n.recipient, n.reason, null, n.id * 2 + 1
          from vpp_user v
          join invitation n on n.vpp_user_id = v.id
          left join item i on i.id = n.item_id
         where v.person_id = cast(?1 as bigint)) h
 where (h.at, h.both_id) < (cast(?2 as bigint), cast(?3 as bigint))
 order by h.at desc, h.both_id desc
 limit cast(?4 as bigint)
