package dev.boxcar.examples.spring;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Orders over REST. The rest of it is in {@link OrderService}. */
@SpringBootApplication
public class OrdersApplication {

    /** What a customer sends. */
    record NewOrder(String customer, String item) {}

    /** What it is told. */
    record Accepted(long id) {}

    /** The requests. */
    @RestController
    static class OrderController {

        private final OrderService service;

        OrderController(OrderService service) {
            this.service = service;
        }

        @PostMapping("/orders")
        Accepted place(@RequestBody NewOrder order) {
            return new Accepted(service.place(order.customer(), order.item()));
        }

        @DeleteMapping("/orders/{id}")
        @ResponseStatus(HttpStatus.NO_CONTENT)
        void cancel(@PathVariable("id") long id) {
            service.cancel(id);
        }
    }
}
