package dev.boxcar.jdbc;

import java.util.List;
import java.util.function.Function;

/** One column of a list that is handed to a statement: as an array, or as part of a JSON document, by the database. */
final class Column {

    private final String type;
    private final Object[] values;

    private Column(String type, Object[] values) {
        this.type = type;
        this.values = values;
    }

    static <E> Column longs(List<E> rows, Function<E, Long> value) {
        return new Column("bigint", rows.stream().map(value).toArray(Long[]::new));
    }

    static <E> Column ints(List<E> rows, Function<E, Integer> value) {
        return new Column("integer", rows.stream().map(value).toArray(Integer[]::new));
    }

    static <E> Column texts(List<E> rows, Function<E, String> value) {
        return new Column("varchar", rows.stream().map(value).toArray(String[]::new));
    }

    /** The SQL type of its elements. */
    String type() {
        return type;
    }

    /** Its elements, to be read only. */
    Object[] values() {
        return values;
    }
}
