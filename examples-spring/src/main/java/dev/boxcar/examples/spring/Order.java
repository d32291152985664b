package dev.boxcar.examples.spring;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An order. */
@Entity
@Table(name = "orders")
public class Order {

    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    private @Nullable Long id;

    @Column(nullable = false)
    private String customer = "";

    @Column(nullable = false, length = 20)
    private String item = "";

    /** For JPA. */
    protected Order() {}

    /** A new one. */
    public Order(String customer, String item) {
        this.customer = customer;
        this.item = item;
    }

    /** Its number, once it is stored. */
    public long id() {
        return Objects.requireNonNull(id, "not stored yet");
    }

    /** Who ordered. */
    public String customer() {
        return customer;
    }

    /** What was ordered. */
    public String item() {
        return item;
    }
}
