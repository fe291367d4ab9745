DROP TRIGGER chat_search_u_in;
DROP TRIGGER chat_search_u_out;
DROP TRIGGER chat_search_d;
DROP TRIGGER chat_search_i;
DROP TABLE chat_search;
DROP VIEW chat_texts;
