/** The tables. A change of the schema is a new entry at the end of MIGRATIONS, never an edit of an earlier one; docs/SCHEMA.md says what each column means. */

/** Statements that lead from schema version n to n + 1, at index n. */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE change_counter (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL
) STRICT;
INSERT INTO change_counter (id, seq) VALUES (1, 0);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  seq INTEGER NOT NULL,
  argv TEXT NOT NULL,
  started_at TEXT NOT NULL,
  duration_ms REAL,
  exit_code INTEGER,
  signal TEXT,
  go_version TEXT,
  go_env TEXT,
  stderr_tail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX runs_by_seq ON runs (seq);

CREATE TABLE warnings (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  code TEXT NOT NULL,
  host TEXT,
  text TEXT NOT NULL,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE handshakes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  seq INTEGER NOT NULL,
  run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
  mode TEXT NOT NULL,
  started_at TEXT NOT NULL,
  duration_ms REAL,
  outcome TEXT NOT NULL,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  address TEXT,
  via TEXT NOT NULL,
  route TEXT NOT NULL,
  resolved_by TEXT,
  client_address TEXT,
  client_pid INTEGER,
  client_process TEXT,
  client_roots TEXT,
  probe_of INTEGER REFERENCES handshakes (id) ON DELETE SET NULL,
  trials TEXT NOT NULL,
  leg TEXT,
  stage TEXT,
  cause TEXT,
  title TEXT,
  waiting_for TEXT,
  server_name TEXT,
  version TEXT,
  cipher_suite TEXT,
  key_group TEXT,
  alpn TEXT,
  issuer TEXT,
  ja3_hash TEXT,
  ja4 TEXT,
  closed_by TEXT,
  closed_how TEXT,
  closed_at_ms REAL,
  bytes_client_to_server INTEGER NOT NULL,
  bytes_server_to_client INTEGER NOT NULL
) STRICT;
CREATE INDEX handshakes_by_time ON handshakes (started_at, id);
CREATE UNIQUE INDEX handshakes_by_seq ON handshakes (seq);
CREATE INDEX handshakes_by_run ON handshakes (run_id);
CREATE INDEX handshakes_by_probe ON handshakes (probe_of) WHERE probe_of IS NOT NULL;
CREATE INDEX handshakes_by_outcome ON handshakes (outcome, mode);

CREATE TABLE stages (
  handshake_id INTEGER NOT NULL REFERENCES handshakes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  stage TEXT NOT NULL,
  leg TEXT NOT NULL,
  status TEXT NOT NULL,
  source TEXT NOT NULL,
  at_ms REAL,
  duration_ms REAL,
  PRIMARY KEY (handshake_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE connect_replies (
  handshake_id INTEGER PRIMARY KEY REFERENCES handshakes (id) ON DELETE CASCADE,
  status INTEGER NOT NULL,
  reason TEXT NOT NULL,
  headers TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE client_hellos (
  handshake_id INTEGER PRIMARY KEY REFERENCES handshakes (id) ON DELETE CASCADE,
  legacy_version TEXT NOT NULL,
  random TEXT NOT NULL,
  legacy_session_id TEXT NOT NULL,
  cipher_suites TEXT NOT NULL,
  compression_methods TEXT NOT NULL,
  alpn TEXT NOT NULL,
  supported_versions TEXT NOT NULL,
  supported_groups TEXT NOT NULL,
  key_shares TEXT NOT NULL,
  signature_algorithms TEXT NOT NULL,
  psk_key_exchange_modes TEXT NOT NULL,
  psk_identities INTEGER NOT NULL,
  ec_point_formats TEXT NOT NULL,
  extensions TEXT NOT NULL,
  length_bytes INTEGER NOT NULL,
  wire_bytes INTEGER NOT NULL,
  record_count INTEGER NOT NULL,
  ja3 TEXT NOT NULL,
  ja4r TEXT NOT NULL,
  looks_like TEXT
) STRICT;

CREATE TABLE server_hellos (
  handshake_id INTEGER PRIMARY KEY REFERENCES handshakes (id) ON DELETE CASCADE,
  legacy_version TEXT NOT NULL,
  version_id INTEGER NOT NULL,
  cipher_suite_id INTEGER NOT NULL,
  key_group_id INTEGER,
  hello_retry_request INTEGER NOT NULL,
  random TEXT NOT NULL,
  legacy_session_id TEXT NOT NULL,
  compression_method INTEGER NOT NULL,
  psk_selected_identity INTEGER,
  extensions TEXT NOT NULL,
  ja3s TEXT NOT NULL,
  ja3s_hash TEXT NOT NULL
) STRICT;

CREATE TABLE records (
  handshake_id INTEGER NOT NULL REFERENCES handshakes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  n INTEGER NOT NULL,
  dir TEXT NOT NULL,
  leg TEXT NOT NULL,
  at_ms REAL NOT NULL,
  content_type INTEGER NOT NULL,
  version TEXT NOT NULL,
  length_bytes INTEGER NOT NULL,
  PRIMARY KEY (handshake_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
  handshake_id INTEGER NOT NULL REFERENCES handshakes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  dir TEXT NOT NULL,
  type INTEGER NOT NULL,
  name TEXT NOT NULL,
  length_bytes INTEGER NOT NULL,
  at_ms REAL NOT NULL,
  record_offset INTEGER NOT NULL,
  source TEXT NOT NULL,
  octets BLOB,
  PRIMARY KEY (handshake_id, position)
) STRICT;

CREATE TABLE certificates (
  sha256 TEXT PRIMARY KEY,
  der BLOB NOT NULL,
  subject_der BLOB,
  issuer_der BLOB,
  parsed INTEGER NOT NULL,
  subject TEXT NOT NULL,
  issuer TEXT NOT NULL,
  serial_number TEXT NOT NULL,
  not_before TEXT,
  not_after TEXT,
  dns_names TEXT NOT NULL,
  ip_addresses TEXT NOT NULL,
  public_key TEXT NOT NULL,
  signature_algorithm TEXT NOT NULL,
  is_ca INTEGER NOT NULL,
  key_usage TEXT NOT NULL,
  ext_key_usage TEXT NOT NULL,
  name_constraints TEXT,
  subject_key_id TEXT,
  authority_key_id TEXT,
  ca_issuers TEXT NOT NULL,
  ocsp TEXT NOT NULL
) STRICT;
CREATE INDEX certificates_by_subject ON certificates (subject_der) WHERE is_ca = 1;

CREATE TABLE chains (
  handshake_id INTEGER NOT NULL REFERENCES handshakes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  sha256 TEXT NOT NULL REFERENCES certificates (sha256),
  PRIMARY KEY (handshake_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX chains_by_certificate ON chains (sha256);

CREATE TABLE verdicts (
  handshake_id INTEGER PRIMARY KEY REFERENCES handshakes (id) ON DELETE CASCADE,
  source TEXT NOT NULL,
  same_as_go_saw INTEGER NOT NULL,
  ocsp_stapled INTEGER,
  ok INTEGER,
  go_text TEXT,
  by_go_version TEXT,
  roots TEXT,
  judged_at TEXT
) STRICT;

CREATE TABLE alerts (
  handshake_id INTEGER NOT NULL REFERENCES handshakes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  sender TEXT NOT NULL,
  level ANY,
  code INTEGER,
  name TEXT NOT NULL,
  how TEXT NOT NULL,
  PRIMARY KEY (handshake_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE http_exchanges (
  handshake_id INTEGER NOT NULL REFERENCES handshakes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  method TEXT NOT NULL,
  url TEXT NOT NULL,
  status INTEGER,
  duration_ms REAL,
  PRIMARY KEY (handshake_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE diagnoses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  handshake_id INTEGER NOT NULL REFERENCES handshakes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  run_id INTEGER,
  cause TEXT NOT NULL,
  leg TEXT,
  stage TEXT,
  fault TEXT NOT NULL,
  confidence TEXT NOT NULL,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  title TEXT NOT NULL,
  why TEXT NOT NULL,
  go_text TEXT,
  go_text_source TEXT,
  evidence TEXT NOT NULL,
  fixes TEXT NOT NULL,
  will_not_help TEXT NOT NULL,
  also_possible TEXT NOT NULL,
  also_true TEXT NOT NULL,
  not_checked TEXT NOT NULL,
  facts TEXT NOT NULL,
  UNIQUE (handshake_id, position)
) STRICT;
CREATE INDEX diagnoses_by_cause ON diagnoses (run_id, cause, host, port) WHERE position = 0;
`,
  `
CREATE TABLE flight_records (
  handshake_id INTEGER NOT NULL REFERENCES handshakes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  dir TEXT NOT NULL,
  at_ms REAL NOT NULL,
  octets BLOB NOT NULL,
  PRIMARY KEY (handshake_id, position)
) STRICT;

CREATE TABLE flight_secrets (
  handshake_id INTEGER NOT NULL REFERENCES handshakes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (handshake_id, position)
) STRICT, WITHOUT ROWID;
`,
  `
ALTER TABLE handshakes ADD COLUMN imported TEXT;
`,
  `
ALTER TABLE handshakes ADD COLUMN decrypted INTEGER;
ALTER TABLE handshakes ADD COLUMN not_decrypted_because TEXT;
ALTER TABLE http_exchanges ADD COLUMN started_at_ms REAL;
ALTER TABLE http_exchanges ADD COLUMN protocol TEXT;
ALTER TABLE http_exchanges ADD COLUMN request_headers TEXT;
ALTER TABLE http_exchanges ADD COLUMN response_headers TEXT;
ALTER TABLE http_exchanges ADD COLUMN request_bytes INTEGER;
ALTER TABLE http_exchanges ADD COLUMN response_bytes INTEGER;
ALTER TABLE http_exchanges ADD COLUMN response_body TEXT;
ALTER TABLE http_exchanges ADD COLUMN asks TEXT;
ALTER TABLE http_exchanges ADD COLUMN module TEXT;
ALTER TABLE http_exchanges ADD COLUMN module_version TEXT;
ALTER TABLE http_exchanges ADD COLUMN failure TEXT;
`,
  `
ALTER TABLE verdicts ADD COLUMN also_seen TEXT;
`,
  `
ALTER TABLE handshakes ADD COLUMN parent_tls TEXT;
`,
]

/** The schema version that this program writes (`PRAGMA user_version`). */
export const SCHEMA_VERSION = MIGRATIONS.length
