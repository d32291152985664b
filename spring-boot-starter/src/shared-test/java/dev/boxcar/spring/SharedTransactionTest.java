package dev.boxcar.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.examples.spring.Order;
import dev.boxcar.examples.spring.OrderRepository;
import dev.boxcar.examples.spring.OrdersApplication;
import dev.boxcar.testservers.PostgresServer;
import jakarta.persistence.EntityManager;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Business data, whoever writes it, and messages are in one transaction: with Spring Boot's own beans, on PostgreSQL. */
class SharedTransactionTest {

    private static ConfigurableApplicationContext jdbc;
    private static ConfigurableApplicationContext jpa;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WithoutJpa {}

    @BeforeAll
    static void start() {
        jdbc = Applications.withoutJpa(WithoutJpa.class, WebApplicationType.NONE, properties());
        jdbc.getBean(JdbcTemplate.class)
                .execute("create table orders (id bigint primary key, customer text, item varchar(20))");
        jpa = Applications.withJpa(OrdersApplication.class, WebApplicationType.NONE, properties());
    }

    private static Map<String, String> properties() {
        return Map.of(
                "spring.datasource.url", PostgresServer.shared().newDatabase("shared_transaction"),
                "spring.datasource.username", "postgres",
                "spring.jpa.hibernate.ddl-auto", "create",
                "boxcar.processor.enabled", "false");
    }

    @AfterAll
    static void stop() {
        jdbc.close();
        jpa.close();
    }

    /** Writes an order and a message, once with a commit and once with a rollback. */
    private static void areOne(ConfigurableApplicationContext context, Runnable order) {
        JdbcTemplate jdbcTemplate = context.getBean(JdbcTemplate.class);
        jdbcTemplate.update("delete from orders");
        jdbcTemplate.update("delete from \"boxcar_outbox\"");
        TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        OutboxTemplate outbox = context.getBean(OutboxTemplate.class);

        transaction.executeWithoutResult(status -> {
            order.run();
            outbox.publish("orders", Message.of("ada", "tea"));
            status.setRollbackOnly();
        });
        assertThat(rows(jdbcTemplate)).containsExactly(0, 0);

        transaction.executeWithoutResult(status -> {
            order.run();
            outbox.publish("orders", Message.of("ada", "tea"));
        });
        assertThat(rows(jdbcTemplate)).containsExactly(1, 1);
    }

    private static Integer[] rows(JdbcTemplate jdbcTemplate) {
        return new Integer[] {
            jdbcTemplate.queryForObject("select count(*) from orders", Integer.class),
            jdbcTemplate.queryForObject("select count(*) from \"boxcar_outbox\"", Integer.class)
        };
    }

    @Test
    void theTransactionManagersAreThoseOfJdbcAndOfJpa() {
        assertThat(jdbc.getBean(PlatformTransactionManager.class)).isInstanceOf(DataSourceTransactionManager.class);
        assertThat(jpa.getBean(PlatformTransactionManager.class)).isInstanceOf(JpaTransactionManager.class);
    }

    @Test
    void jdbcTemplate() {
        areOne(jdbc, () -> jdbc.getBean(JdbcTemplate.class).update("insert into orders values (1, 'ada', 'tea')"));
        areOne(
                jpa,
                () -> jpa.getBean(JdbcTemplate.class)
                        .update("insert into orders (id, customer, item) values (1, 'ada', 'tea')"));
    }

    @Test
    void jdbcClient() {
        areOne(
                jdbc,
                () -> jdbc.getBean(JdbcClient.class)
                        .sql("insert into orders values (1, 'ada', :item)")
                        .param("item", "tea")
                        .update());
    }

    @Test
    void jooq() {
        areOne(jdbc, () -> insertBy(jdbc.getBean(DSLContext.class)));
        areOne(jpa, () -> insertBy(jpa.getBean(DSLContext.class)));
    }

    private static void insertBy(DSLContext jooq) {
        jooq.insertInto(DSL.table("orders"))
                .set(DSL.field("id"), 1L)
                .set(DSL.field("customer"), "ada")
                .set(DSL.field("item"), "tea")
                .execute();
    }

    @Test
    void springDataJpa() {
        areOne(jpa, () -> jpa.getBean(OrderRepository.class).save(new Order("ada", "tea")));
    }

    @Test
    void anEntityManager() {
        areOne(jpa, () -> jpa.getBean(EntityManager.class).persist(new Order("ada", "tea")));
    }
}
