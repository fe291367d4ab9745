DROP TABLE law_tags;
DROP TABLE tags;
DROP TABLE law_revisions;
DROP TABLE laws;
