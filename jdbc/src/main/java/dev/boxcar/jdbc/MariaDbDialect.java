package dev.boxcar.jdbc;

/** MariaDB 10.6 and newer: MySQL, but that locking cannot be confined to some tables of a statement. */
final class MariaDbDialect extends MySqlDialect {

    @Override
    Database database() {
        return Database.MARIADB;
    }

    @Override
    String lockClaims() {
        return """
                select c.part
                from json_table(?, '$[*]' columns (part int path '$[0]', epoch bigint path '$[1]')) as mine
                straight_join ${claim} c on c.part = mine.part and c.epoch = mine.epoch
                where c.owner = ?
                lock in share mode
                """;
    }

    @Override
    String lockEntries() {
        return """
                select o.id, o.part
                from json_table(?, '$[*]' columns (id bigint path '$[0]')) as wanted
                straight_join ${outbox} o on o.id = wanted.id
                for update
                """;
    }

    @Override
    String lockDead() {
        return """
                select d.id
                from json_table(?, '$[*]' columns (id bigint path '$[0]')) as wanted
                straight_join ${dead} d on d.id = wanted.id
                for update
                """;
    }
}
