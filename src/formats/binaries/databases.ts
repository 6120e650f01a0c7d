import { introduced, type KeywordMark, type LoneMark, type ProgramRule, place } from "./rule.ts";

/*
 * Redis and Valkey write their version, the name of the machine that built them and the time of the build without a gap
 * (`src/release.c`): 7.0.14buildkitsandbox-1702957741000000000. A container's name is twelve hexadecimal digits.
 */
const buildIdentity = "(?=[0-9a-f]{12}-1\\d{9}|[A-Za-z][0-9A-Za-z._-]{0,62}-1\\d{9}|1\\d{9}0{9}\\0)";

/** Followed by the identity of the build, or by the compiler and its atomic operations, which the command INFO tells next. */
const redisString: LoneMark = {
  lone: new RegExp(`^(?<version>\\d{1,2}\\.\\d{1,3}\\.\\d{1,3}?(?:-rc\\d{1,2})?)(?:${buildIdentity}|\\0)`),
  contexts: [
    new RegExp(`${place}[^\\0]`),
    new RegExp(`${place}\\0\\d{1,2}\\.\\d{1,2}\\.\\d{1,2}\\0(?:c11|atomic|sync)-builtin`),
  ],
};

const redisFiles = ["server", "cli", "benchmark", "sentinel", "check-aof", "check-rdb"];

const redis: ProgramRule = {
  name: "redis",
  cpe: "redis:redis",
  files: ["redis-server", "redis-cli", "redis-sentinel"],
  marks: [introduced("Redis version "), redisString],
};

/** Some of its tools have no version in them in some releases. */
const redisTools: ProgramRule = {
  ...redis,
  files: ["redis-benchmark", "redis-check-aof", "redis-check-rdb"],
  shared: true,
};

const valkey: ProgramRule = {
  name: "valkey",
  cpe: "lfprojects:valkey",
  files: [...redisFiles.map((part) => `valkey-${part}`), ...redisFiles.map((part) => `redis-${part}`)],
  shared: true,
  marks: [
    {
      keyword: "valkey",
      pattern: new RegExp(`^valkey(?<version>\\d{1,2}\\.\\d{1,3}\\.\\d{1,3}?(?:-rc\\d{1,2})?)${buildIdentity}`),
    },
  ],
};

const postgresFiles = ["postgres", "psql", "pg_dump", "pg_ctl", "initdb", "pg_isready", "pg_basebackup"];

/** PostgreSQL (`PG_VERSION_STR`). */
const postgres: ProgramRule = {
  name: "postgresql",
  cpe: "postgresql:postgresql",
  files: postgresFiles,
  marks: [
    {
      keyword: "PostgreSQL ",
      pattern:
        /^PostgreSQL (?<version>\d{1,2}(?:\.\d{1,2}){0,2}(?:(?:alpha|beta|rc)\d{1,2}|devel)?) (?:\([^()]{1,80}\) )?on [a-z0-9_]/,
    },
    {
      keyword: "(PostgreSQL) ",
      pattern: /^\(PostgreSQL\) (?<version>\d{1,2}(?:\.\d{1,2}){0,2}(?:(?:alpha|beta|rc)\d{1,2}|devel)?)[\0\n ]/,
    },
  ],
};

const mysqlFiles = ["mysql", "mysqld", "mysqladmin", "mysqldump", "mysqlbinlog", "mysqlcheck", "mysql_upgrade"];

/** Folders that a server of the MySQL family was built in stand in the messages of its assertions. */
function builtIn(folder: string): KeywordMark {
  const escaped = folder.replaceAll("-", "\\-");
  return {
    keyword: folder,
    pattern: new RegExp(`^${escaped}(?<version>\\d{1,2}\\.\\d{1,2}\\.\\d{1,3})(?![\\d.])`),
  };
}

const xtraDbCluster: ProgramRule = {
  name: "percona-xtradb-cluster",
  cpe: "percona:xtradb_cluster",
  files: mysqlFiles,
  shared: true,
  marks: [builtIn("Percona-XtraDB-Cluster-")],
};

const perconaServer: ProgramRule = {
  name: "percona-server",
  cpe: "percona:percona_server",
  files: mysqlFiles,
  shared: true,
  marks: [builtIn("percona-server-")],
};

const xtraBackup: ProgramRule = {
  name: "percona-xtrabackup",
  cpe: "percona:xtrabackup",
  files: ["xtrabackup", "xbstream", "xbcrypt", "xbcloud"],
  marks: [builtIn("percona-xtrabackup-")],
};

const mysqlCluster: ProgramRule = {
  name: "mysql-cluster",
  cpe: "oracle:mysql_cluster",
  files: [...mysqlFiles, "ndbd", "ndbmtd", "ndb_mgmd"],
  shared: true,
  marks: [
    { keyword: "-ndb-", before: 8, pattern: /\d\.\d{1,2}\.\d{1,2}-ndb-(?<version>\d{1,2}\.\d{1,2}\.\d{1,3})(?![\d.])/ },
    builtIn("mysql-cluster-gpl-"),
  ],
};

const mariadb: ProgramRule = {
  name: "mariadb",
  cpe: "mariadb:mariadb",
  files: [...mysqlFiles, "mariadb", "mariadbd", "mariadb-admin", "mariadb-dump", "mariadb-backup", "mariabackup"],
  shared: true,
  marks: [
    { keyword: "-MariaDB", before: 12, pattern: /(?:^|[^\d.])(?<version>\d{1,2}\.\d{1,2}\.\d{1,3})-MariaDB/ },
    builtIn("mariadb-"),
  ],
};

const mysql: ProgramRule = {
  name: "mysql",
  cpe: "oracle:mysql",
  files: mysqlFiles,
  marks: [
    {
      keyword: "mysql-",
      pattern: /^mysql-(?:community-)?(?<version>\d{1,2}\.\d{1,2}\.\d{1,3}(?:-(?:rc|dmr|labs|m\d{1,2}))?)(?![\d.])/,
    },
    {
      lone: /^(?<version>[5-9]\.\d\.\d{1,2})\0/,
      contexts: [new RegExp(`${place}\\0(?:mysql_real_escape_string|readline|EditLine)`), /mysql_|MySQL Community/],
    },
  ],
};

/** MongoDB (`kVersion` in version.cpp); strings beside it differ by release. */
const mongodb: ProgramRule = {
  name: "mongodb",
  cpe: "mongodb:mongodb",
  files: ["mongod", "mongos", "mongo"],
  marks: [
    {
      lone: /^(?<version>[2-9]\.\d\.\d{1,2}(?:-(?:rc|alpha|beta)\d{1,2})?)\0/,
      contexts: [
        new RegExp(
          `(?:StartupOptionSetup|ServerParameterDocuments)\\0{1,8}${place}|${place}\\0{1,8}(?:heap_size|cppdefines)`,
        ),
      ],
      anywhere: true,
    },
  ],
};

const arangodb: ProgramRule = {
  name: "arangodb",
  cpe: "arangodb:arangodb",
  files: [
    "arangod",
    "arangosh",
    "arangodump",
    "arangorestore",
    "arangoimport",
    "arangoexport",
    "arangobench",
    "arangobackup",
  ],
  marks: [
    {
      keyword: " [linux]",
      before: 40,
      pattern:
        /\0(?<version>3\.\d{1,2}\.\d{1,3}(?:[-.]\d{1,2}|-(?:alpha|beta|rc|preview)(?:\.\d{1,2})?)?)(?: enterprise)? \[linux\]/,
    },
  ],
};

/** SQLite (`SQLITE_VERSION`). */
const sqlite: ProgramRule = {
  name: "sqlite",
  cpe: "sqlite:sqlite",
  pattern: /^(?:sqlite3|libsqlite3\.so(?:\.\d[\d.]{0,8})?)$/,
  shared: true,
  marks: [{ lone: /^(?<version>3\.\d{1,2}\.\d{1,2})\0/, contexts: [], anywhere: true }],
};

const sqlcipher: ProgramRule = {
  name: "sqlcipher",
  cpe: "zetetic:sqlcipher",
  pattern: /^(?:sqlcipher|libsqlcipher\.so(?:\.\d[\d.]{0,8})?)$/,
  marks: [
    { keyword: "community\0", pattern: /^community\0{1,4}(?<version>4\.\d{1,2}\.\d{1,2})\0/ },
    { keyword: " community\0", before: 10, pattern: /\0(?<version>4\.\d{1,2}\.\d{1,2}) community\0/ },
    // Version 3 does not say of what it is; SQLite's own version stands elsewhere.
    { lone: /^(?<version>3\.\d\.\d{1,2})\0/, contexts: [/cipher_(?:version|page_size)|fast_kdf_iter/] },
  ],
};

/** Database servers with their clients. */
export const databases: readonly ProgramRule[] = [
  valkey,
  redis,
  redisTools,
  postgres,
  xtraDbCluster,
  perconaServer,
  xtraBackup,
  mysqlCluster,
  mariadb,
  mysql,
  mongodb,
  arangodb,
  sqlite,
  sqlcipher,
];
