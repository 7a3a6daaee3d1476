CREATE TABLE root (
  id integer primary key,
  path text not null unique,
  state text not null default 'online' check (state in ('online', 'offline')),
  watching text,
  added_at real not null,
  scanned_at real
, exclude text not null default '[]', mounts text not null default '[]', device text, problem text, kept_at real);
CREATE TABLE photo (
  id integer primary key autoincrement,
  hash blob not null unique,
  bytes integer not null,
  format text not null,
  width integer not null,
  height integer not null,
  frames integer not null,
  taken_at text,
  taken_source text,
  latitude real,
  longitude real,
  camera text,
  lens text,
  exposure_time real,
  f_number real,
  iso real,
  focal_length real,
  phash blob,
  damaged text,
  added_at real not null,
  present integer not null default 0,
  change integer not null
, orphaned_at real);
CREATE INDEX photo_change on photo (change);
CREATE INDEX photo_taken on photo (taken_at);
CREATE TABLE file (
  id integer primary key,
  root_id integer not null references root (id) on delete cascade,
  path text not null,
  folder text not null,
  size integer not null,
  mtime_ns integer not null,
  inode integer not null,
  state text not null check (state in ('present', 'missing', 'failed')),
  reason text,
  photo_id integer references photo (id),
  seen_at real not null, gone_at real,
  unique (root_id, path)
);
CREATE INDEX file_photo on file (photo_id);
CREATE INDEX file_folder on file (root_id, folder);
CREATE INDEX file_failed on file (state) where state = 'failed';
CREATE TABLE encoder (
  id integer primary key,
  name text not null,
  version text not null,
  dim integer not null,
  unique (name, version)
);
CREATE TABLE embedding (
  encoder_id integer not null references encoder (id) on delete cascade,
  photo_id integer not null references photo (id) on delete cascade,
  vector blob not null,
  primary key (encoder_id, photo_id)
);
CREATE INDEX embedding_photo on embedding (photo_id);
CREATE TABLE purged (
  photo_id integer primary key,
  change integer not null
);
CREATE INDEX purged_change on purged (change);
CREATE TABLE clock (
  id integer primary key check (id = 1),
  change integer not null
);
CREATE TABLE worker (
  id integer primary key check (id = 1),
  pid integer not null,
  heartbeat real not null,
  phase text not null,
  done integer not null,
  total integer not null,
  rate real not null,
  eta real,
  encoder text not null,
  message text not null
);
CREATE TABLE command (
  id integer primary key autoincrement,
  command text not null,
  argument text,
  sent_at real not null
);
CREATE TABLE setting (
  key text primary key,
  value text not null
);
CREATE TABLE stage (
  name text primary key,
  version text not null,
  change integer not null
);
CREATE TABLE neighbour (
  encoder_id integer not null references encoder (id) on delete cascade,
  photo_id integer not null references photo (id) on delete cascade,
  ids blob not null,
  scores blob not null,
  primary key (encoder_id, photo_id)
);
CREATE INDEX neighbour_photo on neighbour (photo_id);
CREATE INDEX file_inode on file (inode);
CREATE INDEX file_gone on file (root_id, gone_at) where gone_at is not null;
CREATE INDEX photo_orphaned on photo (orphaned_at) where orphaned_at is not null;
CREATE TABLE sketch (
  photo_id integer primary key references photo (id) on delete cascade,
  corners blob not null,
  version integer not null
);
CREATE TABLE pixels (
  photo_id integer primary key references photo (id) on delete cascade,
  hash blob not null
);
CREATE TABLE pair (
  a integer not null references photo (id) on delete cascade,
  b integer not null references photo (id) on delete cascade,
  kind text not null check (kind in ('pixels', 'picture', 'scene', 'different')),
  score real not null,
  relation text not null,
  version integer not null,
  primary key (a, b)
);
CREATE INDEX pair_b on pair (b);
CREATE TABLE decision (
  id integer primary key autoincrement,
  kind text not null check (kind in ('apart', 'keep', 'later')),
  files integer not null,
  decided_at real not null
);
CREATE TABLE decided (
  decision_id integer not null references decision (id) on delete cascade,
  hash blob not null,
  primary key (hash, decision_id)
);
CREATE INDEX decided_decision on decided (decision_id);
CREATE TABLE protected (
  path text primary key,
  added_at real not null
);
CREATE TABLE quality (
  photo_id integer primary key references photo (id) on delete cascade,
  version integer not null,
  figures blob not null,
  look blob not null,
  stated text
);
CREATE TABLE dismissed (
  subject text not null,
  kind text not null,
  dismissed_at real not null,
  primary key (subject, kind)
);
CREATE TABLE place (
  encoder_id integer not null references encoder (id) on delete cascade,
  photo_id integer not null references photo (id) on delete cascade,
  x real not null,
  y real not null,
  primary key (encoder_id, photo_id)
) without rowid;
CREATE INDEX place_photo on place (photo_id);
CREATE TABLE drawing (
  encoder_id integer primary key references encoder (id) on delete cascade,
  drawn integer not null,
  step integer not null,
  ids blob not null,
  places blob not null
);
insert into "root" (id, path, state, watching, added_at, scanned_at, exclude, mounts, device, problem, kept_at) values (1,'@PHOTOS@','online',null,1795877510.5011966,1795877511.3273838,'["*.tmp"]','[]','65024',null,null);
insert into "photo" (id, hash, bytes, format, width, height, frames, taken_at, taken_source, latitude, longitude, camera, lens, exposure_time, f_number, iso, focal_length, phash, damaged, added_at, present, change, orphaned_at) values (1,x'6c63305d7e4fb5720ccd7ddb64100b11',4662,'BMP',48,32,1,'2020-09-13T12:26:40','file',null,null,null,null,null,null,null,null,x'ce48d4ef01aa012fd4ef90bf7437c1463a3474d0210a8719dd656d2a517f0000',null,1795877511.057271,1,2,null);
insert into "photo" (id, hash, bytes, format, width, height, frames, taken_at, taken_source, latitude, longitude, camera, lens, exposure_time, f_number, iso, focal_length, phash, damaged, added_at, present, change, orphaned_at) values (2,x'60745666041362f78ec2c23df690fc32',4662,'BMP',48,32,1,'2020-09-13T12:26:40','file',null,null,null,null,null,null,null,null,x'c6bc7a546f553f00116f91fa3b703960c446f2a0d46c3fdbd4fb92d530395702',null,1795877511.0579112,2,2,null);
insert into "photo" (id, hash, bytes, format, width, height, frames, taken_at, taken_source, latitude, longitude, camera, lens, exposure_time, f_number, iso, focal_length, phash, damaged, added_at, present, change, orphaned_at) values (3,x'bf717444ac07a774c50b7078d37c971a',4662,'BMP',48,32,1,'2020-09-13T12:26:40','file',null,null,null,null,null,null,null,null,x'd01b84af7e94bb04d07a2a01d21079af79efb3033920a5d8fc166d6bbcce92d5',null,1795877511.0581963,2,2,null);
insert into "photo" (id, hash, bytes, format, width, height, frames, taken_at, taken_source, latitude, longitude, camera, lens, exposure_time, f_number, iso, focal_length, phash, damaged, added_at, present, change, orphaned_at) values (4,x'75c9e64dfc443c048ec9da0467c8ccec',4662,'BMP',48,32,1,'2020-09-13T12:26:40','file',null,null,null,null,null,null,null,null,x'cfb1d0bed4bfd46fee817f803bb9716107ea23901d74c18c7e6b470065329294',null,1795877511.058362,1,2,null);
insert into "photo" (id, hash, bytes, format, width, height, frames, taken_at, taken_source, latitude, longitude, camera, lens, exposure_time, f_number, iso, focal_length, phash, damaged, added_at, present, change, orphaned_at) values (5,x'c5e9b3bbff8cf379c5da502c9aaf6536',4662,'BMP',48,32,1,'2020-09-13T12:26:40','file',null,null,null,null,null,null,null,null,x'eb04942bae4540bbef15512edf6518ba7160e23625e7774a7492a8fd07e54702',null,1795877511.0665236,1,2,null);
insert into "photo" (id, hash, bytes, format, width, height, frames, taken_at, taken_source, latitude, longitude, camera, lens, exposure_time, f_number, iso, focal_length, phash, damaged, added_at, present, change, orphaned_at) values (6,x'391e74bbbdeec1426666c99be0f5aceb',4662,'BMP',48,32,1,'2020-09-13T12:26:40','file',null,null,null,null,null,null,null,null,x'd721ab90106fef046f8494ae8e52e1542b9bdf752b933a3403e9570230d9b8fd',null,1795877511.0667965,0,6,null);
insert into "file" (id, root_id, path, folder, size, mtime_ns, inode, state, reason, photo_id, seen_at, gone_at) values (1,1,'broken.jpg','',8,1600000000000000000,2146486,'failed','it is text, not a photo',null,1795877511.0569615,null);
insert into "file" (id, root_id, path, folder, size, mtime_ns, inode, state, reason, photo_id, seen_at, gone_at) values (2,1,'work/white.bmp','work',4662,1600000000000000000,2146485,'present',null,1,1795877511.057726,null);
insert into "file" (id, root_id, path, folder, size, mtime_ns, inode, state, reason, photo_id, seen_at, gone_at) values (3,1,'copies/green copy.bmp','copies',4662,1600000000000000000,2146479,'present',null,2,1795877511.0581136,null);
insert into "file" (id, root_id, path, folder, size, mtime_ns, inode, state, reason, photo_id, seen_at, gone_at) values (4,1,'copies/red copy.bmp','copies',4662,1600000000000000000,2146478,'present',null,3,1795877511.0582955,null);
insert into "file" (id, root_id, path, folder, size, mtime_ns, inode, state, reason, photo_id, seen_at, gone_at) values (5,1,'colours/blue.bmp','colours',4662,1600000000000000000,2146475,'present',null,4,1795877511.0584552,null);
insert into "file" (id, root_id, path, folder, size, mtime_ns, inode, state, reason, photo_id, seen_at, gone_at) values (6,1,'colours/green.bmp','colours',4662,1600000000000000000,2146474,'present',null,2,1795877511.0650275,null);
insert into "file" (id, root_id, path, folder, size, mtime_ns, inode, state, reason, photo_id, seen_at, gone_at) values (7,1,'colours/red.bmp','colours',4662,1600000000000000000,2146473,'present',null,3,1795877511.0663776,null);
insert into "file" (id, root_id, path, folder, size, mtime_ns, inode, state, reason, photo_id, seen_at, gone_at) values (8,1,'colours/yellow.bmp','colours',4662,1600000000000000000,2146476,'present',null,5,1795877511.0667205,null);
insert into "file" (id, root_id, path, folder, size, mtime_ns, inode, state, reason, photo_id, seen_at, gone_at) values (9,1,'gone.bmp','',4662,1600000000000000000,2146480,'missing',null,6,1795877511.0668979,1795877511.3286288);
insert into "encoder" (id, name, version, dim) values (1,'tiny','1',32);
insert into "embedding" (encoder_id, photo_id, vector) values (1,1,x'f63b0000000000005e2e000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
insert into "embedding" (encoder_id, photo_id, vector) values (1,2,x'f2b16ab66a3a6ab61728000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
insert into "embedding" (encoder_id, photo_id, vector) values (1,3,x'58ac843a84b684b63625000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
insert into "embedding" (encoder_id, photo_id, vector) values (1,4,x'58ac84b684b6843a3625000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
insert into "embedding" (encoder_id, photo_id, vector) values (1,5,x'582c8436843684ba3625000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
insert into "embedding" (encoder_id, photo_id, vector) values (1,6,x'582c843684ba84363625000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
insert or replace into "clock" (id, change) values (1,8);
insert into "setting" (key, value) values ('run','');
insert into "setting" (key, value) values ('reader','.apng, .avif, .bmp, .dib, .gif, .heic, .heif, .hif, .jfif, .jpe, .jpeg, .jpg, .mpo, .png, .tif, .tiff, .webp, not, .3fr, .arw, .cr2, .cr3, .crw, .dcr, .dng, .erf, .fff, .iiq, .jp2, .jxl, .kdc, .mef, .mos, .mrw, .nef, .nrw, .orf, .pef, .psd, .raf, .raw, .rw2, .rwl, .sr2, .srf, .srw, .x3f, pillow 13.0.0, pillow-heif 1.8.1');
insert into "setting" (key, value) values ('encoder','tiny');
insert into "decision" (id, kind, files, decided_at) values (1,'keep',2,1795877511.37396);
insert into "decision" (id, kind, files, decided_at) values (2,'apart',2,1795877511.4517906);
insert into "decided" (decision_id, hash) values (1,x'60745666041362f78ec2c23df690fc32');
insert into "decided" (decision_id, hash) values (2,x'6c63305d7e4fb5720ccd7ddb64100b11');
insert into "decided" (decision_id, hash) values (2,x'75c9e64dfc443c048ec9da0467c8ccec');
insert into "protected" (path, added_at) values ('@PHOTOS@/work',1795877511.4521203);
insert into "quality" (photo_id, version, figures, look, stated) values (1,3,x'00000000000000000000803f0000000000000000000000000000000000000000000000000000000000007f4300007f4300007f4300007f4300007f430000803f000000000000803f0000008000000000000000000000803f0000803f0000000000000000000000000000803f00007f4300000000',x'020300000000000000000000000000000000000000000000000000000000000000000000000000ff',null);
insert into "quality" (photo_id, version, figures, look, stated) values (2,3,x'00000000000000000000803f000000000000000000000000000000000000000000000000000000000000bc420000bc420000bc420000bc420000bc420000000000000000000000000000008000000000000000000000803f0000803f00000000000000009ba95642000000000000204300000000',x'02030000000000000000000000000000000000ff0000000000000000000000000000000000000000',null);
insert into "quality" (photo_id, version, figures, look, stated) values (3,3,x'00000000000000000000803f0000000000000000000000000000000000000000000000000000000000009842000098420000984200009842000098420000000000000000000000000000008000000000000000000000803f0000803f0000000000000000280fab420000803f00007f4300000000',x'0203000000000000000000000000000000ff00000000000000000000000000000000000000000000',null);
insert into "quality" (photo_id, version, figures, look, stated) values (4,3,x'00000000000000000000803f000000000000000000000000000000000000000000000000000000000000e8410000e8410000e8410000e8410000e8410000000000000000000000000000008000000000000000000000803f0000803f0000000000000000000099420000803f00007f4300000000',x'0203000000000000000000ff00000000000000000000000000000000000000000000000000000000',null);
insert into "quality" (photo_id, version, figures, look, stated) values (5,3,x'00000000000000000000803f0000000000000000000000000000000000000000000000000000000000006243000062430000624300006243000062430000000000000000000000000000008000000000000000000000803f0000803f0000000000000000000099420000803f00007f4300000000',x'020300000000000000000000000000000000000000000000000000000000000000000000ff000000',null);
insert into "quality" (photo_id, version, figures, look, stated) values (6,3,x'00000000000000000000803f000000000000000000000000000000000000000000000000000000000000d2420000d2420000d2420000d2420000d2420000000000000000000000000000008000000000000000000000803f0000803f0000000000000000280fab420000803f00007f4300000000',x'020300000000000000000000000000000000000000ff000000000000000000000000000000000000',null);
insert into "dismissed" (subject, kind, dismissed_at) values ('c5e9b3bbff8cf379c5da502c9aaf6536','empty',1795877511.4522967);
insert into "dismissed" (subject, kind, dismissed_at) values ('path:@PHOTOS@/broken.jpg','unreadable',1795877511.4522967);
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
insert into _sqlite_migrations (id, migration_set, name, applied_at) values (1,'photo-explorer','m001_create_tables','2026-11-28 14:51:50.478343+00:00');
insert into _sqlite_migrations (id, migration_set, name, applied_at) values (2,'photo-explorer','m002_create_derived_tables','2026-11-28 14:51:50.479367+00:00');
insert into _sqlite_migrations (id, migration_set, name, applied_at) values (3,'photo-explorer','m003_watch_folders','2026-11-28 14:51:50.481613+00:00');
insert into _sqlite_migrations (id, migration_set, name, applied_at) values (4,'photo-explorer','m004_create_pairs','2026-11-28 14:51:50.482409+00:00');
insert into _sqlite_migrations (id, migration_set, name, applied_at) values (5,'photo-explorer','m005_create_decisions','2026-11-28 14:51:50.483778+00:00');
insert into _sqlite_migrations (id, migration_set, name, applied_at) values (6,'photo-explorer','m006_create_quality','2026-11-28 14:51:50.484432+00:00');
insert into _sqlite_migrations (id, migration_set, name, applied_at) values (7,'photo-explorer','m007_create_map','2026-11-28 14:51:50.484955+00:00');
pragma user_version = 7;
