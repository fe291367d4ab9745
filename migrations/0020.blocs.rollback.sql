DROP TABLE bloc_members;
DROP TABLE blocs;
