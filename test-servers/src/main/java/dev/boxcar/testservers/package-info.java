/**
 * Real databases and brokers as child processes, without Docker, for tests, the demo and benchmarks.
 *
 * <ol>
 *   <li>A test asks for a server: {@link dev.boxcar.testservers.PostgresServer}, {@link
 *       dev.boxcar.testservers.MySqlServer}, {@link dev.boxcar.testservers.MariaDbServer}, {@link
 *       dev.boxcar.testservers.KafkaServer}, {@link dev.boxcar.testservers.RabbitMqServer}, {@link
 *       dev.boxcar.testservers.NatsServer}, {@link dev.boxcar.testservers.RedisServer}, {@link
 *       dev.boxcar.testservers.ArtemisServer} or {@link dev.boxcar.testservers.ElasticMqServer}.
 *   <li>Its program comes from Maven Central, copied by the build and unpacked once into a folder that all JVMs of a user
 *       share; RabbitMQ, NATS and Redis are those that the operating system has installed.
 *   <li>It runs on 127.0.0.1, with durable settings, and each {@link dev.boxcar.testservers.TestServer} can be stopped,
 *       killed, paused and restarted.
 *   <li>It ends with the JVM that started it. Where that JVM was killed, the operating system ends the server, and the
 *       next JVM that starts one sweeps up the rest.
 * </ol>
 *
 * <p>A {@link dev.boxcar.testservers.JavaProcess} is a program of the tests' own class path in a process of its own.
 *
 * <p>Each kind of server can be replaced by one that already runs; the classes name the setting. Settings are system
 * properties or environment variables of the same name.
 */
@NullMarked
package dev.boxcar.testservers;

import org.jspecify.annotations.NullMarked;
