DROP TABLE cooldowns;
DROP TABLE nation_history;
DROP TABLE nation_cities;
DROP TABLE nation_offices;
DROP TABLE nation_names;
DROP TABLE nations;
