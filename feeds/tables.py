"""The tables of the index, and what finds things in them quickly."""

#: A change of the tables makes every index an old one.
FORM = 9
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE folders (folder TEXT PRIMARY KEY, count INTEGER, files BLOB);
CREATE TABLE posts (
  file TEXT PRIMARY KEY, name TEXT, date INTEGER, updated INTEGER, expires INTEGER, head BLOB,
  body TEXT, markup TEXT
);
CREATE TABLE comments (
  file TEXT, line INTEGER, folder TEXT, own TEXT, parent TEXT, parent_index INTEGER, author TEXT,
  uri TEXT, published TEXT, updated TEXT, status TEXT, type TEXT, date INTEGER, changed INTEGER,
  body TEXT, markup TEXT
);
CREATE TABLE public (
  name TEXT PRIMARY KEY, file TEXT, id TEXT, permalink TEXT, output_name TEXT, published INTEGER,
  updated INTEGER, type TEXT, policy TEXT, count INTEGER, last_comment INTEGER, plain INTEGER
) WITHOUT ROWID;
CREATE TABLE links (folder TEXT PRIMARY KEY, name TEXT, silent INTEGER) WITHOUT ROWID;
CREATE TABLE problems (
  scope TEXT, path TEXT, what TEXT, remedy TEXT, line INTEGER, severity TEXT
);
CREATE INDEX problems_by_scope ON problems (scope);
CREATE INDEX problems_told ON problems (severity) WHERE severity != 'note';
CREATE TABLE outputs (path TEXT PRIMARY KEY, stats TEXT) WITHOUT ROWID;
"""
#: How what was read is found. Made when the first lot of it is there: to sort it once takes a third
#: of the time that it takes to find the place of each.
LOOKUPS = """
CREATE INDEX comments_by_folder ON comments (
  folder, date, own, parent, parent_index, status, changed -- all that it takes to count a thread
);
CREATE INDEX comments_by_date ON comments (date);
"""
#: How a later build finds what it reads again, and what comes due.
LATER_LOOKUPS = """
CREATE INDEX posts_by_name ON posts (name);
CREATE INDEX posts_by_date ON posts (date);
CREATE INDEX posts_by_change ON posts (updated) WHERE updated IS NOT NULL;
CREATE INDEX posts_by_end ON posts (expires) WHERE expires IS NOT NULL;
CREATE INDEX comments_by_file ON comments (file, line);
CREATE INDEX comments_by_change ON comments (changed) WHERE changed IS NOT NULL;
"""
#: How what is public of it is found; made likewise.
PUBLIC_LOOKUPS = """
CREATE INDEX public_by_date ON public (published);
CREATE INDEX public_by_change ON public (updated);
CREATE INDEX public_by_id ON public (id);
CREATE INDEX links_by_name ON links (name);
"""
