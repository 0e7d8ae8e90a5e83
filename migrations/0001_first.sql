-- The first schema. One dialect for SQLite and PostgreSQL; some words are replaced by the migrator:
--   {{id}}      an integer primary key that the database hands out
--   {{collate}} byte order for text, so that both databases sort and page alike
-- A line that begins with {{sqlite}} or {{postgres}} is for that one alone.
-- Times are milliseconds since 1970; flags are 0 or 1; NULL stands for "none" or "not yet".

-- Someone in the organisation.
create table person (
  id                    {{id}},
  user_name             text not null,            -- as written
  user_key              text {{collate}} not null, -- folded, unique among the living
  display_name          text not null,
  sort_name             text {{collate}} not null, -- folded display_name, numbers padded: what lists sort by
  search_text           text {{collate}} not null, -- folded names, e-mail, account, groups
  email                 text,                     -- as written
  email_key             text {{collate}},         -- folded
  managed_apple_account text,                     -- as written
  account_key           text {{collate}},         -- folded
  groups                text,                     -- "a|b"
  department            text,
  department_key        text {{collate}},         -- folded, numbers padded
  language              text,                     -- BCP 47, NULL: the organisation's
  is_active             integer not null default 1,
  is_eligible           integer not null default 0, -- active and an activated iOS, iPadOS, macOS device
  platforms             integer not null default 0, -- of activated devices; bits: 1 iOS, 2 iPadOS, 4 macOS, 8 other; 16: has a device
  vpp_users             integer not null default 0, -- live VPP users, of all locations; kept by triggers
  source                text not null,            -- manual, csv, scim
  created_at            bigint not null,
  updated_at            bigint not null,
  deleted_at            bigint
);
create unique index person_user_key on person (user_key) where deleted_at is null;
-- All that a filter looks at is in it, so that people who do not pass cost no visit to their rows
-- (SQLite asks for deleted_at again although the index holds the living alone).
create index person_sort on person (sort_name, id, is_eligible, is_active, platforms, deleted_at, department, search_text) where deleted_at is null;
-- Where there is one location, these are the people of the state "none".
create index person_without on person (vpp_users, sort_name, id) where deleted_at is null and vpp_users = 0;
-- The other orders of the list, with the flags likewise; those without a value come in order of id.
create index person_department on person (department_key, id, is_eligible, is_active, platforms, deleted_at, department) where deleted_at is null;
create index person_deleted on person (id) where deleted_at is not null;
create index person_email on person (email_key, id, is_eligible, is_active, platforms, deleted_at, department) where deleted_at is null;
create index person_account on person (account_key) where deleted_at is null;

-- Trigrams of search_text, for searching anywhere in it: docs/design/people-list.md.
{{sqlite}} create virtual table person_search using fts5 (search_text, content = 'person', content_rowid = 'id', detail = none, columnsize = 0, tokenize = 'trigram case_sensitive 1');
{{sqlite}} create virtual table person_search_terms using fts5vocab (person_search, row);
{{postgres}} create extension if not exists pg_trgm;
{{postgres}} create index person_search on person using gin (search_text gin_trgm_ops) where deleted_at is null;

-- How many living people there are of each set of flags, kept with each write.
create table person_tally (
  is_eligible integer not null,
  is_active   integer not null,
  platforms   integer not null,
  people      bigint not null,
  primary key (is_eligible, is_active, platforms)
);

create table device (
  id             {{id}},
  serial_number  text {{collate}} not null unique,
  udid           text,
  name           text,
  model          text,
  platform       text not null,  -- iOS, iPadOS, macOS, tvOS, watchOS, visionOS, other
  os_version     text,
  enrolment_type text not null,  -- device, user, account_driven, unknown
  state          text not null,  -- activated, pending, left
  person_id      bigint references person (id),
  mdm_id         text,           -- the id by which the MDM knows it
  source         text not null,
  created_at     bigint not null,
  updated_at     bigint not null
);
create index device_person on device (person_id);

-- A content token's location. Secrets are sealed boxes.
create table location (
  id                     {{id}},
  apple_uid              text not null,        -- Apple's uId, unique among those that were not left
  name                   text not null,
  organisation           text not null,
  country                text,
  platform               text,                 -- enterprisestore or volumestore
  mode                   text not null default 'manage', -- manage, observe: nothing is written at Apple
  token_box              text not null,
  token_hash             text not null,        -- to know the same file again
  token_expires_at       bigint not null,
  token_state            text not null,        -- valid, expired, revoked, refused, read_only
  token_reason           text,
  token_warned_days      integer,              -- the step (60, 30, 14, 7, 1) that the log was last warned at; NULL: none
  owner_state            text not null,        -- ours, foreign, unknown
  owner_name             text,                 -- who else, as Apple shows it
  owner_since            bigint,
  mdm_info_id            text not null,        -- our mark at Apple
  hook_key               text not null,        -- in the address Apple notifies; its secret is derived from it
  hook_state             text not null default 'off', -- off, on, failed
  hook_reason            text,
  hook_url               text,                 -- the address that was last written at Apple, or refused there
  hook_tried_at          bigint,
  message_channel        text not null,        -- notification, email, notification_else_email
  users_version_id       text,
  assignments_version_id text,
  assets_version_id      text,
  invite_template        text,                 -- of the acceptance link, as last read
  token_doubt_at         bigint,               -- one call was refused for the token; believed when a second agrees
  token_doubt            text,                 -- which call, and Apple's number
  assets_wanted_at       bigint,               -- a notice said that counts moved
  wait_until             bigint,               -- nothing is sent to Apple before
  wait_reason            text,
  last_sync_at           bigint,
  last_whole_at          bigint,               -- the whole list of users was read and believed; after a day it is read again
  created_at             bigint not null,
  updated_at             bigint not null,
  left_at                bigint                -- forgotten by an admin; kept for the history of its jobs
);
create unique index location_uid on location (apple_uid) where left_at is null;
create unique index location_hook on location (hook_key) where left_at is null;

create table schedule (
  location_id  bigint primary key references location (id),
  mode         text not null,          -- off, interval, daily
  every_hours  integer,
  at_minute    integer,                -- of the day, in the zone
  weekdays     integer not null default 127, -- bits: 1 Monday … 64 Sunday
  time_zone    text not null,
  apply        text not null,          -- plan_and_apply, plan_only
  anchor_at    bigint not null,        -- interval: hours are counted from here
  next_run_at  bigint,
  updated_at   bigint not null
);

-- Each planned run once: the key is the schedule and its local date and time.
create table schedule_run (
  location_id bigint not null references location (id),
  run_key     text not null,
  job_id      bigint,
  ran_at      bigint not null,
  primary key (location_id, run_key)
);

-- A person's record in a location, live or retired. person_id is NULL for records that are not ours.
create table vpp_user (
  id                {{id}},
  location_id       bigint not null references location (id),
  person_id         bigint references person (id),
  sort_name         text {{collate}} not null default '', -- the person's; kept by triggers
  client_user_id    text {{collate}} not null,
  is_live           integer not null,     -- 0 once removed; at most one live row per person
  state             text not null,        -- requested, registered, invited, associated, removing, removed, checking
  apple_status      text,                 -- Registered, Associated, Retired, Deleted, as last read
  apple_email       text,                 -- as Apple last told
  apple_seen_at     bigint,
  id_hash           text,
  invite_code_box   text,
  message_state     text not null default 'none', -- none, waiting, sent, not_sent
  message_channel   text,
  message_reason    text,
  message_at        bigint,
  failed_number     integer,              -- Apple's error number
  failed_reason     text,                 -- the mark "failed", in words; NULL: none
  missing_since     bigint,               -- Apple did not list it in a whole walk
  look_wanted_at    bigint,               -- ask Apple about this record then: a notice, the sweep
  found_job_id      bigint,               -- nobody here made it: the sync that found it
  is_unlike         integer not null default 0, -- its person's wish differs from what Apple last told; kept by triggers
  requested_at      bigint,
  registered_at     bigint,
  associated_at     bigint,
  removed_at        bigint,
  updated_at        bigint not null
);
create unique index vpp_user_client on vpp_user (location_id, client_user_id);
create unique index vpp_user_live on vpp_user (location_id, person_id) where is_live = 1;
create index vpp_user_person on vpp_user (person_id) where person_id is not null;
create index vpp_user_seen on vpp_user (location_id, apple_seen_at, person_id, is_live) where is_live = 1 and person_id is not null;
create index vpp_user_missing on vpp_user (location_id, person_id) where is_live = 1 and missing_since is not null;
create index vpp_user_look on vpp_user (location_id, look_wanted_at) where look_wanted_at is not null;
create index vpp_user_account on vpp_user (location_id, id_hash) where is_live = 1 and id_hash is not null;
-- Who was sent a message of late.
create index vpp_user_sent on vpp_user (location_id, message_at, person_id) where is_live = 1 and message_state = 'sent';
create index vpp_user_failed on vpp_user (failed_number, person_id, is_live) where is_live = 1 and failed_number is not null;
-- Lists of a state, and of the mark "failed", are read from these in order of the name. (is_live: see person_sort.)
create index vpp_user_mark on vpp_user (location_id, sort_name, person_id, is_live) where is_live = 1 and failed_reason is not null;
create index vpp_user_state on vpp_user (location_id, state, sort_name, person_id, is_live) where is_live = 1;

create index vpp_user_found on vpp_user (found_job_id, id) where found_job_id is not null;
-- A sync in which nothing changed at Apple asks for these alone. E-mail is compared as domain/reconcile does it:
-- without the case of ASCII letters.
create index vpp_user_unlike on vpp_user (location_id, id) where is_unlike = 1;
{{sqlite}} create trigger vpp_user_unlike_made after insert on vpp_user when new.person_id is not null and new.is_live = 1 begin update vpp_user set is_unlike = new.is_live = 1 and new.state in ('registered', 'invited', 'associated') and exists (select 1 from person p where p.id = new.person_id and (p.deleted_at is not null or p.is_active = 0 or (p.email is not null and new.apple_seen_at is not null and lower(p.email) <> lower(coalesce(new.apple_email, ''))))) where id = new.id; end;
{{sqlite}} create trigger vpp_user_unlike_moved after update of person_id, is_live, state, apple_email, apple_seen_at on vpp_user when (new.is_live <> old.is_live or new.state <> old.state or new.person_id is distinct from old.person_id or new.apple_email is distinct from old.apple_email or (new.apple_seen_at is null) <> (old.apple_seen_at is null)) begin update vpp_user set is_unlike = new.is_live = 1 and new.state in ('registered', 'invited', 'associated') and exists (select 1 from person p where p.id = new.person_id and (p.deleted_at is not null or p.is_active = 0 or (p.email is not null and new.apple_seen_at is not null and lower(p.email) <> lower(coalesce(new.apple_email, ''))))) where id = new.id; end;
{{sqlite}} create trigger person_unlike after update of email, is_active, deleted_at on person when (new.email is distinct from old.email or new.is_active <> old.is_active or (new.deleted_at is null) <> (old.deleted_at is null)) begin update vpp_user set is_unlike = state in ('registered', 'invited', 'associated') and (new.deleted_at is not null or new.is_active = 0 or (new.email is not null and vpp_user.apple_seen_at is not null and lower(new.email) <> lower(coalesce(vpp_user.apple_email, '')))) where person_id = new.id and is_live = 1; end;
{{postgres}} create function vpp_user_unlike_mark() returns trigger language plpgsql as $$ begin new.is_unlike := (new.is_live = 1 and new.state in ('registered', 'invited', 'associated') and exists (select 1 from person p where p.id = new.person_id and (p.deleted_at is not null or p.is_active = 0 or (p.email is not null and new.apple_seen_at is not null and lower(p.email collate "C") <> lower(coalesce(new.apple_email, '') collate "C")))))::int; return new; end $$;
{{postgres}} create trigger vpp_user_unlike_made before insert on vpp_user for each row when (new.person_id is not null and new.is_live = 1) execute function vpp_user_unlike_mark();
{{postgres}} create trigger vpp_user_unlike_moved before update on vpp_user for each row when (new.is_live <> old.is_live or new.state <> old.state or new.person_id is distinct from old.person_id or new.apple_email is distinct from old.apple_email or (new.apple_seen_at is null) <> (old.apple_seen_at is null)) execute function vpp_user_unlike_mark();
{{postgres}} create function person_unlike_mark() returns trigger language plpgsql as $$ begin update vpp_user set is_unlike = (state in ('registered', 'invited', 'associated') and (new.deleted_at is not null or new.is_active = 0 or (new.email is not null and vpp_user.apple_seen_at is not null and lower(new.email collate "C") <> lower(coalesce(vpp_user.apple_email, '') collate "C"))))::int where person_id = new.id and is_live = 1; return null; end $$;
{{postgres}} create trigger person_unlike after update of email, is_active, deleted_at on person for each row when (new.email is distinct from old.email or new.is_active <> old.is_active or (new.deleted_at is null) <> (old.deleted_at is null)) execute function person_unlike_mark();

-- How many live records there are of each state, mark, and set of flags of their person. Kept by triggers:
-- records change state in many ways. whose: 0 nobody's, 1 a living person's, 2 a deleted one's.
create table vpp_user_tally (
  location_id bigint not null,
  state       text not null,
  is_failed   integer not null,
  whose       integer not null,
  is_eligible integer not null,
  is_active   integer not null,
  platforms   integer not null,
  users       bigint not null,
  primary key (location_id, state, is_failed, whose, is_eligible, is_active, platforms)
);
{{sqlite}} create trigger vpp_user_tally_in after insert on vpp_user when new.is_live = 1 begin insert into vpp_user_tally select new.location_id, new.state, new.failed_reason is not null, case when p.id is null then 0 when p.deleted_at is null then 1 else 2 end, coalesce(p.is_eligible, 0), coalesce(p.is_active, 0), coalesce(p.platforms, 0), 1 from (select 1) left join person p on p.id = new.person_id where true on conflict do update set users = users + 1; end;
{{sqlite}} create trigger vpp_user_tally_out after delete on vpp_user when old.is_live = 1 begin update vpp_user_tally set users = users - 1 where location_id = old.location_id and state = old.state and is_failed = (old.failed_reason is not null) and (whose, is_eligible, is_active, platforms) = (select case when p.id is null then 0 when p.deleted_at is null then 1 else 2 end, coalesce(p.is_eligible, 0), coalesce(p.is_active, 0), coalesce(p.platforms, 0) from (select 1) left join person p on p.id = old.person_id); end;
{{sqlite}} create trigger vpp_user_tally_from after update of state, is_live, person_id, failed_reason on vpp_user when old.is_live = 1 and (new.is_live <> old.is_live or new.state <> old.state or new.person_id is distinct from old.person_id or (new.failed_reason is null) <> (old.failed_reason is null)) begin update vpp_user_tally set users = users - 1 where location_id = old.location_id and state = old.state and is_failed = (old.failed_reason is not null) and (whose, is_eligible, is_active, platforms) = (select case when p.id is null then 0 when p.deleted_at is null then 1 else 2 end, coalesce(p.is_eligible, 0), coalesce(p.is_active, 0), coalesce(p.platforms, 0) from (select 1) left join person p on p.id = old.person_id); end;
{{sqlite}} create trigger vpp_user_tally_to after update of state, is_live, person_id, failed_reason on vpp_user when new.is_live = 1 and (new.is_live <> old.is_live or new.state <> old.state or new.person_id is distinct from old.person_id or (new.failed_reason is null) <> (old.failed_reason is null)) begin insert into vpp_user_tally select new.location_id, new.state, new.failed_reason is not null, case when p.id is null then 0 when p.deleted_at is null then 1 else 2 end, coalesce(p.is_eligible, 0), coalesce(p.is_active, 0), coalesce(p.platforms, 0), 1 from (select 1) left join person p on p.id = new.person_id where true on conflict do update set users = users + 1; end;
{{sqlite}} create trigger vpp_user_tally_person after update of is_eligible, is_active, platforms, deleted_at on person when new.vpp_users > 0 and (new.is_eligible <> old.is_eligible or new.is_active <> old.is_active or new.platforms <> old.platforms or (new.deleted_at is null) <> (old.deleted_at is null)) begin update vpp_user_tally set users = users - 1 where whose = 1 + (old.deleted_at is not null) and is_eligible = old.is_eligible and is_active = old.is_active and platforms = old.platforms and (location_id, state, is_failed) in (select location_id, state, failed_reason is not null from vpp_user where person_id = new.id and is_live = 1); insert into vpp_user_tally select location_id, state, failed_reason is not null, 1 + (new.deleted_at is not null), new.is_eligible, new.is_active, new.platforms, 1 from vpp_user where person_id = new.id and is_live = 1 on conflict do update set users = users + 1; end;
{{sqlite}} create trigger vpp_user_person_in after insert on vpp_user when new.person_id is not null begin update vpp_user set sort_name = (select sort_name from person where id = new.person_id) where id = new.id; update person set vpp_users = vpp_users + 1 where id = new.person_id and new.is_live = 1; end;
{{sqlite}} create trigger vpp_user_person_out after delete on vpp_user when old.is_live = 1 and old.person_id is not null begin update person set vpp_users = vpp_users - 1 where id = old.person_id; end;
{{sqlite}} create trigger vpp_user_person_moved after update of is_live, person_id on vpp_user when (new.is_live <> old.is_live or new.person_id is distinct from old.person_id) begin update vpp_user set sort_name = coalesce((select sort_name from person where id = new.person_id), '') where id = new.id and new.person_id is distinct from old.person_id; update person set vpp_users = vpp_users - 1 where id = old.person_id and old.is_live = 1; update person set vpp_users = vpp_users + 1 where id = new.person_id and new.is_live = 1; end;
{{sqlite}} create trigger person_renamed after update of sort_name on person when new.sort_name <> old.sort_name begin update vpp_user set sort_name = new.sort_name where person_id = new.id; end;
{{postgres}} create function vpp_user_tally_move() returns trigger language plpgsql as $$ begin if tg_op <> 'INSERT' then if old.is_live = 1 then update vpp_user_tally t set users = t.users - 1 from (select case when p.id is null then 0 when p.deleted_at is null then 1 else 2 end as whose, coalesce(p.is_eligible, 0) as is_eligible, coalesce(p.is_active, 0) as is_active, coalesce(p.platforms, 0) as platforms from (select 1) o left join person p on p.id = old.person_id) k where t.location_id = old.location_id and t.state = old.state and t.is_failed = (old.failed_reason is not null)::int and t.whose = k.whose and t.is_eligible = k.is_eligible and t.is_active = k.is_active and t.platforms = k.platforms; end if; end if; if tg_op <> 'DELETE' then if new.is_live = 1 then insert into vpp_user_tally as t select new.location_id, new.state, (new.failed_reason is not null)::int, case when p.id is null then 0 when p.deleted_at is null then 1 else 2 end, coalesce(p.is_eligible, 0), coalesce(p.is_active, 0), coalesce(p.platforms, 0), 1 from (select 1) o left join person p on p.id = new.person_id on conflict (location_id, state, is_failed, whose, is_eligible, is_active, platforms) do update set users = t.users + 1; end if; end if; return null; end $$;
{{postgres}} create trigger vpp_user_tally_made after insert or delete on vpp_user for each row execute function vpp_user_tally_move();
{{postgres}} create trigger vpp_user_tally_moved after update of state, is_live, person_id, failed_reason on vpp_user for each row when (new.is_live <> old.is_live or new.state <> old.state or new.person_id is distinct from old.person_id or (new.failed_reason is null) <> (old.failed_reason is null)) execute function vpp_user_tally_move();
{{postgres}} create function vpp_user_tally_person() returns trigger language plpgsql as $$ begin update vpp_user_tally t set users = t.users - 1 from vpp_user v where v.person_id = new.id and v.is_live = 1 and t.location_id = v.location_id and t.state = v.state and t.is_failed = (v.failed_reason is not null)::int and t.whose = 1 + (old.deleted_at is not null)::int and t.is_eligible = old.is_eligible and t.is_active = old.is_active and t.platforms = old.platforms; insert into vpp_user_tally as t select v.location_id, v.state, (v.failed_reason is not null)::int, 1 + (new.deleted_at is not null)::int, new.is_eligible, new.is_active, new.platforms, 1 from vpp_user v where v.person_id = new.id and v.is_live = 1 on conflict (location_id, state, is_failed, whose, is_eligible, is_active, platforms) do update set users = t.users + 1; return null; end $$;
{{postgres}} create trigger vpp_user_tally_person after update of is_eligible, is_active, platforms, deleted_at on person for each row when (new.vpp_users > 0 and (new.is_eligible <> old.is_eligible or new.is_active <> old.is_active or new.platforms <> old.platforms or (new.deleted_at is null) <> (old.deleted_at is null))) execute function vpp_user_tally_person();
{{postgres}} create function vpp_user_sort_name() returns trigger language plpgsql as $$ begin new.sort_name := coalesce((select sort_name from person where id = new.person_id), ''); return new; end $$;
{{postgres}} create trigger vpp_user_named before insert on vpp_user for each row when (new.person_id is not null) execute function vpp_user_sort_name();
{{postgres}} create trigger vpp_user_renamed before update of person_id on vpp_user for each row when (new.person_id is distinct from old.person_id) execute function vpp_user_sort_name();
{{postgres}} create function vpp_user_person_count() returns trigger language plpgsql as $$ begin if tg_op <> 'INSERT' then update person set vpp_users = vpp_users - 1 where id = old.person_id and old.is_live = 1; end if; if tg_op <> 'DELETE' then update person set vpp_users = vpp_users + 1 where id = new.person_id and new.is_live = 1; end if; return null; end $$;
{{postgres}} create trigger vpp_user_person_made after insert or delete on vpp_user for each row execute function vpp_user_person_count();
{{postgres}} create trigger vpp_user_person_moved after update of is_live, person_id on vpp_user for each row when (new.is_live <> old.is_live or new.person_id is distinct from old.person_id) execute function vpp_user_person_count();
{{postgres}} create function person_renamed() returns trigger language plpgsql as $$ begin update vpp_user set sort_name = new.sort_name where person_id = new.id; return null; end $$;
{{postgres}} create trigger person_renamed after update of sort_name on person for each row when (new.sort_name <> old.sort_name) execute function person_renamed();

create index vpp_user_removed on vpp_user (location_id) where state = 'removed' and person_id is not null;

-- How many there were of what at the end of each day (UTC) on which the server ran; that of today is behind
-- by a quarter of an hour at most and not read.
create table statistic_day (
  day               bigint not null,    -- since 1970-01-01
  location_id       bigint not null references location (id),
  requested         bigint not null,
  registered        bigint not null,
  invited           bigint not null,
  associated        bigint not null,
  retired           bigint not null,    -- removed records of people, all up to then
  licences_total    bigint not null,
  licences_assigned bigint not null,
  primary key (day, location_id)
);

-- What was asked for.
create table job (
  id              {{id}},
  kind            text not null,   -- invite, delete, sync, import
  mode            text not null default 'apply', -- apply, plan
  location_id     bigint references location (id),
  channel         text,            -- of an invite: how its messages go; null: as its location says
  whole_location  integer not null default 0, -- a sync of everything, not of chosen people
  is_part         integer not null default 0, -- an admin chose a part of the plan; the rest was left out
  state           text not null,   -- preparing, waiting, running, planned, done, failed, cancelled
  phase           text,            -- of a sync: read, apply
  step            text,            -- what it does at present, in words
  asked_by        text not null,   -- actor name
  asked_kind      text not null,   -- admin, api_token, schedule, system
  total           bigint not null default 0,
  done            bigint not null default 0,
  failed          bigint not null default 0,
  skipped         bigint not null default 0,
  wait_reason     text,
  wait_until      bigint,
  message_wait_reason text,        -- its messages wait: for the mail server, or the MDM
  message_wait_until  bigint,
  summary_json    text,
  failure         text,
  selection_json  text,            -- whom it was asked for: see domain/selection.h; null: the whole location
  idempotency_key text,
  request_hash    text,
  created_at      bigint not null,
  started_at      bigint,
  finished_at     bigint
);
create unique index job_idempotency on job (asked_by, idempotency_key) where idempotency_key is not null;
create index job_planned on job (location_id, id) where state = 'planned';
create index job_failed on job (finished_at) where state = 'failed' or failed > 0;
create index job_open on job (location_id, id) where state in ('waiting', 'running');

-- One request to Apple that changes something; its items share its fate.
create table apple_call (
  id            {{id}},
  location_id   bigint not null references location (id),
  job_id        bigint not null references job (id),
  kind          text not null,   -- create, update, retire
  users         integer not null, -- how many it is about
  state         text not null,   -- intended, accepted, complete, unknown, final
  event_id      text,
  since_version_id text,         -- of the user list before the call: where reading back begins
  accepted_at   bigint,
  attempts      integer not null default 0,
  intended_at   bigint not null,
  told_at       bigint,          -- a notice said that Apple worked on it
  look_at       bigint,          -- when to ask Apple again
  looks         integer not null default 0,
  reason        text,
  finished_at   bigint
);
create index apple_call_open on apple_call (location_id, look_at) where state <> 'final';
create index apple_call_event on apple_call (event_id) where event_id is not null;

-- A part of a job: one wish for one person.
create table item (
  id            {{id}},
  job_id        bigint not null references job (id),
  location_id   bigint references location (id),
  person_id     bigint references person (id),
  vpp_user_id   bigint references vpp_user (id),
  call_id       bigint references apple_call (id),
  kind          text not null,  -- create, update, retire, message, look, note_registered, note_associated, note_retired, note_missing,
                                -- note_found, adopt, foreign, skip
  state         text not null,  -- planned, intended, accepted, unknown, held, done, failed, not_needed, cancelled, skipped
  detail        text,           -- what it changes, in words or "from → to"
  apple_number  integer,
  reason        text,           -- in words: why it failed, waits, or was skipped
  attempts      integer not null default 0,
  not_before    bigint,
  updated_at    bigint not null
);
create index item_job on item (job_id, id);
create index item_job_state on item (job_id, state, id);
create index item_work on item (location_id, state, id) where state in ('planned', 'intended', 'accepted', 'unknown', 'held');
create index item_vpp_user on item (vpp_user_id);
create index item_person on item (person_id, id);
create index item_send on item (job_id, kind, id) where state = 'planned';
create index item_later on item (job_id, not_before) where state = 'planned' and not_before is not null;
create index item_call on item (call_id, id) where call_id is not null;

-- What Apple said about the users of a plan's rows, until the plan is over.
create table user_stage (
  job_id          bigint not null references job (id),
  client_user_id  text {{collate}} not null,
  status          text not null,
  email           text,
  id_hash         text,
  invite_code_box text,
  primary key (job_id, client_user_id)
);

-- Calls to Apple and their answers, without secrets: the first and the last of each job, for some days.
create table traffic (
  job_id      bigint not null references job (id),
  seq         bigint not null,  -- counted from 1 in the job; what is missing was dropped
  at          bigint not null,
  operation   text not null,
  method      text not null,
  url         text not null,
  request     text not null,
  status      integer not null, -- HTTP; 0: no answer
  response    text not null,
  failure     text,             -- why there was none
  number      integer,          -- Apple's error number
  duration_ms bigint not null,
  primary key (job_id, seq)
);
create index traffic_at on traffic (at);

-- What differs between Apple and us and was not done by us: kept until it is gone, or somebody says to leave it.
create table finding (
  id             {{id}},
  location_id    bigint not null references location (id),
  kind           text not null,             -- foreign, second_record, missing, retired_elsewhere, email_elsewhere,
                                            -- other_account, shared_account
  subject        text {{collate}} not null, -- the clientUserId it is about
  person_id      bigint references person (id),
  state          text not null,             -- open, solved
  detail         text not null,             -- in words
  repair         text,                      -- invite, sync, delete: what Pomona can do about it; NULL: nothing
  job_id         bigint references job (id), -- the sync that found it; NULL: a look in between
  repair_job_id  bigint references job (id),
  first_seen_at  bigint not null,
  last_seen_at   bigint not null,
  solved_at      bigint,
  solved_because text
);
create unique index finding_open on finding (location_id, kind, subject) where state = 'open';
create index finding_state on finding (state, id);
create index finding_group on finding (location_id, kind, state, id);
create index finding_repair on finding (location_id, kind, person_id) where state = 'open' and repair is not null;
create index finding_person on finding (person_id) where state = 'open';

-- One attempt to bring the link to a VPP user through one channel. Also the queue of what is to send.
create table invitation (
  id            {{id}},
  vpp_user_id   bigint not null references vpp_user (id),
  item_id       bigint references item (id),
  channel       text not null,  -- notification, email
  fallback      text,           -- email: what to try when this one fails
  state         text not null,  -- waiting, sending, sent, failed, unknown, replaced
  recipient     text,           -- address or serial number
  message_id    text,           -- Message-ID or CommandUUID
  language      text,
  attempts      integer not null default 0,
  doubts        integer not null default 0, -- times that it may have been taken although no answer came
  next_at       bigint,
  reason        text,
  created_at    bigint not null,
  sent_at       bigint
);
create index invitation_late on invitation (created_at) where state = 'waiting' and reason is not null;
create index invitation_due on invitation (next_at) where state in ('waiting', 'sending');
create index invitation_vpp_user on invitation (vpp_user_id, id);

create table asset (
  id                {{id}},
  location_id       bigint not null references location (id),
  adam_id           text {{collate}} not null,
  pricing_param     text not null,
  product_type      text,
  is_revocable      integer not null,
  device_assignable integer not null,
  platforms         text,
  available_count   bigint,
  assigned_count    bigint,
  retired_count     bigint,
  total_count       bigint,
  name              text,
  name_key          text {{collate}}, -- folded, for searching and sorting
  seen_at           bigint not null
);
create unique index asset_key on asset (location_id, adam_id, pricing_param);
create index asset_used_up on asset (location_id) where available_count = 0 and total_count > 0;

-- Licences day by day (UTC), with the numbers of the last whole reading of the day. A day on which they stayed as they
-- were has no row.
create table asset_day (
  location_id     bigint not null references location (id),
  adam_id         text {{collate}} not null,
  pricing_param   text not null,
  day             bigint not null, -- since 1970-01-01
  total_count     bigint not null,
  assigned_count  bigint not null,
  available_count bigint not null,
  primary key (location_id, adam_id, pricing_param, day)
);

create table assignment (
  id             {{id}},
  location_id    bigint not null references location (id),
  adam_id        text not null,
  pricing_param  text not null,
  client_user_id text {{collate}},
  serial_number  text {{collate}},
  seen_at        bigint not null
);
create index assignment_asset on assignment (location_id, adam_id, pricing_param, id);
create unique index assignment_user on assignment (location_id, client_user_id, adam_id, pricing_param) where client_user_id is not null;
create unique index assignment_device on assignment (location_id, serial_number, adam_id, pricing_param) where serial_number is not null;

-- Messages in (Apple, MDM), stored before they are answered.
create table inbox (
  id          {{id}},
  source      text not null,   -- apple, mdm
  location_id bigint references location (id),
  message_id  text not null,   -- notificationId; unique per source
  kind        text not null,
  body_box    text not null,   -- sealed: it may hold invite codes; empty once handled
  state       text not null,   -- new, done, ignored
  received_at bigint not null,
  handled_at  bigint
);
create unique index inbox_message on inbox (source, message_id);
create index inbox_new on inbox (id) where state = 'new';
create index inbox_handled on inbox (handled_at) where handled_at is not null;

-- An uploaded file, its rows judged, and whether it was applied.
create table import (
  id          {{id}},
  kind        text not null,  -- people, devices
  state       text not null,  -- reading, preview, applying, applied, discarded
  file_name   text,
  columns     text,           -- JSON: which header is read as what, and which are left out
  matching    text not null,  -- found (by the names), remembered, chosen
  added       bigint not null default 0,
  changed     bigint not null default 0,
  unchanged   bigint not null default 0,
  bad         bigint not null default 0,
  created_by  text not null,
  created_at  bigint not null,
  applied_at  bigint,
  applied_row bigint not null default 0, -- the last import_row.id that was applied
  job_id      bigint references job (id)
);
create index import_open on import (id) where state = 'applying';
create table import_row (
  id        {{id}},
  import_id bigint not null references import (id),
  line      bigint not null,
  verdict   text not null,   -- add, change, same, bad
  row_key   text {{collate}},
  label     text,            -- what the row is about, as written, for the preview
  data_json text,
  changes   text,            -- in words, for a change
  reason    text,            -- for a bad row, and for one that could not be applied
  outcome   text             -- once applied: added, changed, same, refused
);
create index import_row_list on import_row (import_id, verdict, id);
create index import_row_page on import_row (import_id, id);
create index import_row_key on import_row (import_id, row_key);
-- Which column is which field, as an admin chose it for files with this heading row.
create table import_matching (
  kind     text not null,
  heading  text not null,     -- SHA-256 of the heading row
  fields   text not null,     -- a word for each column, commas between; empty: not imported
  saved_by text not null,
  saved_at bigint not null,
  primary key (kind, heading)
);

-- Settings that an admin changes in the portal. secret values are sealed boxes.
create table setting (
  name       text primary key,
  value      text,
  updated_at bigint not null
);

create table admin (
  id            {{id}},
  name          text not null,
  name_key      text not null unique,
  email         text,
  role          text not null,   -- owner, admin, operator, auditor
  password_hash text not null,
  is_active     integer not null default 1,
  created_at    bigint not null,
  last_seen_at  bigint
);
-- How the portal looks for an admin.
create table preference (
  admin_id     bigint primary key references admin (id),
  language     text not null,           -- en, de, ko, ar; empty: the browser's
  theme        text not null,           -- system, light, dark
  single_keys  integer not null,
  page_size    integer not null,
  density      text not null,           -- comfortable, compact
  user_columns text not null,           -- words with commas between them, in order; empty: the portal's choice
  dismissed    text not null,           -- likewise: hints that were put away
  updated_at   bigint not null
);
-- A list of the portal, saved under a name.
create table saved_view (
  id         {{id}},
  admin_id   bigint not null references admin (id),
  page       text not null,             -- user, device, job, audit, history
  name       text not null,
  query      text not null,             -- of the page's address
  is_shared  integer not null,
  created_at bigint not null
);
create unique index saved_view_name on saved_view (admin_id, page, name);
create index saved_view_shared on saved_view (page, id) where is_shared = 1;
-- Failures to come in: "name ada 192.0.2.0/24", "address 192.0.2.7", "setup". A good sign-in of that
-- name from that network takes its row away; the rest ends with time.
create table sign_in_failure (
  failure_key   text {{collate}} primary key,
  failures      integer not null,
  last_at       bigint not null
);
create index sign_in_failure_old on sign_in_failure (last_at);
create table session (
  id          {{id}},
  token_hash  text not null unique,
  admin_id    bigint not null references admin (id),
  created_at  bigint not null,
  seen_at     bigint not null,
  expires_at  bigint not null,
  from_address text,
  confirmed_at bigint not null   -- when the password was last typed in it
);
create index session_admin on session (admin_id, id);
create table api_token (
  id         {{id}},
  name       text not null,
  token_hash text not null unique,
  role       text not null,
  created_by text not null,
  created_at bigint not null,
  expires_at bigint,
  used_at    bigint,
  revoked_at bigint
);

-- A request that was sent with an Idempotency-Key: the same again gets the same answer.
create table request_key (
  caller       text {{collate}} not null, -- "admin 1", "api_token 7"
  key          text {{collate}} not null,
  request_hash text not null,   -- of method, address and body, keyed: bodies may hold secrets
  state        text not null,   -- running, acted (something of it was committed), done
  life         bigint not null, -- of the process that works on it
  status       integer,
  content_type text,
  answer       text,            -- NULL: not kept
  created_at   bigint not null,
  primary key (caller, key)
);
create index request_key_old on request_key (created_at);

-- Who did what, for whom, from where; written in the transaction of the act. A hash chain.
create table audit (
  id          {{id}},
  at          bigint not null,
  actor_kind  text not null,
  actor_id    bigint,
  actor_name  text not null,
  from_address text,
  act         text not null,    -- "vpp_users.invite"
  target_kind text,
  target_id   text,
  target_name text,
  detail      text,             -- JSON without secrets
  result      text not null,    -- ok, partial, failed, refused
  chain_hash  text not null     -- SHA-256 over this row and the one before
);
create index audit_target on audit (target_kind, target_id, id);
create index audit_at on audit (at, id);
