package dev.boxcar.testservers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A program that starts the servers it is told to, says which processes they are, and waits to be killed. */
final class ServerHolder {

    static final String READY = "ready";

    private static final List<Connection> OPEN = new ArrayList<>();

    private ServerHolder() {}

    public static void main(String[] commands) throws Exception {
        for (String command : commands) {
            TestServer server = switch (command.toLowerCase(Locale.ROOT)) {
                case "kafka" -> KafkaServer.start();
                case "mariadb" -> MariaDbServer.start();
                case "mysql" -> MySqlServer.start();
                case "rabbitmq" -> RabbitMqServer.start();
                case "nats" -> NatsServer.start();
                case "redis" -> RedisServer.start();
                default -> PostgresServer.start();
            };
            if (server instanceof DatabaseServer database) {
                OPEN.add(DriverManager.getConnection(database.url()));
            }
            ProcessIdentity main = ProcessIdentity.of(server.pid()).orElseThrow();
            if (command.equals("paused-postgres")) {
                server.pause();
            }
            main.tree().forEach(process -> System.out.println("process " + process));
            System.out.println("directory " + server.directory());
        }
        StateFolder.get();
        System.out.println(READY);
        System.in.read();
        System.exit(0);
    }
}
