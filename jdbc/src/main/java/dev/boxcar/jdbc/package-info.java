/**
 * Storage in a relational database: {@link dev.boxcar.jdbc.JdbcStorage}, and its tables: {@link
 * dev.boxcar.jdbc.JdbcSchema}.
 */
@NullMarked
package dev.boxcar.jdbc;

import org.jspecify.annotations.NullMarked;
