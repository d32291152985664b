package dev.boxcar.simulation;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishLease;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A processor's publisher to all brokers. */
final class NodePublisher implements Publisher {

    private final Life life;
    private final Node node;

    NodePublisher(Life life, Node node) {
        this.life = life;
        this.node = node;
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        throw new IllegalStateException("the engine publishes under a lease");
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries, PublishLease lease) {
        Broker broker = life.brokerOf(entries.get(0).namespace());
        Call call = new Call(node, lease.session(), broker.name, entries, life.time.now());
        life.time.note(node.id, "sends", entries.size());
        life.oracle.callStarted(call);
        for (ClaimedEntry entry : entries) {
            if (life.brokerOf(entry.namespace()) != broker) {
                life.oracle.violation(node.id + " mixes destinations in a call");
            }
        }
        Answer answer = new Answer(life.time, call);
        broker.receive(call, answer);
        return answer;
    }

    @Override
    public CompletionStage<Void> fence(String endedSession) {
        if (!life.plan.fencing()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> answer = new CompletableFuture<>();
        boolean fails = life.isTroubled() && life.plan.isWild() && life.time.once(5);
        life.time.after(life.time.upTo(20), () -> {
            if (fails) {
                answer.completeExceptionally(new IllegalStateException("cannot fence"));
            } else {
                life.brokers.forEach(broker -> broker.fence(endedSession));
                life.oracle.fenced(endedSession);
                answer.complete(null);
            }
        });
        return answer;
    }

    @Override
    public String destination(OutboxContext context) {
        return life.brokerOf(context.namespace()).name;
    }

    @Override
    public Set<String> destinations() {
        Set<String> names = new TreeSet<>();
        life.brokers.forEach(broker -> names.add(broker.name));
        return names;
    }

    @Override
    public boolean keepsOrderWithinCall() {
        return life.plan.keepsOrder();
    }
}
