package dev.boxcar.simulation;

import static dev.boxcar.simulation.Scheduler.SECOND;

import dev.boxcar.spi.Claim;

/** What happens to processors and servers while a life is troubled. */
final class Troubles {

    private final Life life;
    private final Scheduler time;

    Troubles(Life life) {
        this.life = life;
        this.time = life.time;
    }

    void begin() {
        switch (life.plan.kind()) {
            case CALM -> time.after(time.upTo(2_000), this::replaceSomebody);
            case OUTAGE ->
                time.after(
                        time.upTo(500), () -> anyBroker().down(time.now() + (1_500 + time.roll(1_500)) * 1_000_000L));
            case CRASH -> time.after(SECOND + time.upTo(1_500), this::letOneDie);
            case WILD -> time.after(time.upTo(1_000), this::something);
        }
    }

    /** A rolling restart: nobody should notice. */
    private void replaceSomebody() {
        if (life.isTroubled() && time.roll(2) == 0) {
            Node node = anyNode();
            node.stop();
            life.remove(node);
            life.startNode();
        }
    }

    /** The others must hold what the dead one held within the claim duration and a second. */
    private void letOneDie() {
        Node node = anyNode();
        node.crash();
        life.remove(node);
        time.after(Plan.CLAIM.toNanos() + SECOND, () -> {
            for (Claim claim : life.database.claims()) {
                if (!claim.ownerAlive()) {
                    life.oracle.violation("nobody has taken partition " + claim.partition() + " over from " + node.id);
                    return;
                }
            }
        });
    }

    private void something() {
        if (!life.isTroubled()) {
            return;
        }
        Node node = anyNode();
        switch (time.roll(10)) {
            case 0, 1 -> {
                node.crash();
                life.remove(node);
                time.after(time.upTo(1_500), life::startNode);
            }
            case 2, 3 -> node.standStill(time.upTo(4_000));
            case 4 -> anyBroker().down(time.now() + time.upTo(3_000));
            case 5 -> {
                Node cut = node;
                time.note(cut.id, "loses its database", "");
                cut.storage.cutOff(time.now() + time.upTo(3_000));
            }
            case 6 -> {
                time.note("all", "lose their database", "");
                long until = time.now() + time.upTo(2_000);
                life.nodes.forEach(each -> each.storage.cutOff(until));
            }
            case 7 -> pause(node);
            case 8 -> {
                if (life.nodes.size() < 4) {
                    life.startNode();
                }
                node.clock.jump(time.random().nextLong(-5 * 3_600 * SECOND, 5 * 3_600 * SECOND));
            }
            default -> {
                node.stop();
                life.remove(node);
                life.startNode();
            }
        }
        time.after(time.upTo(1_200), this::something);
    }

    private void pause(Node node) {
        String namespace = Writers.NAMESPACES.get(time.roll(Writers.NAMESPACES.size()));
        time.note(node.id, "pauses", namespace);
        node.engine.pause(namespace);
        time.after(time.upTo(1_500), () -> node.engine.resume(namespace));
    }

    private Node anyNode() {
        if (life.nodes.isEmpty()) {
            life.startNode();
        }
        return life.nodes.get(time.roll(life.nodes.size()));
    }

    private Broker anyBroker() {
        return life.brokers.get(time.roll(life.brokers.size()));
    }
}
