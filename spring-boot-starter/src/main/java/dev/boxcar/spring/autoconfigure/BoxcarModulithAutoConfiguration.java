package dev.boxcar.spring.autoconfigure;

import dev.boxcar.spring.ModulithEventListener;
import dev.boxcar.spring.OutboxEventWriter;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.support.BrokerRouting;

/** Events that Spring Modulith is to externalize go to the outbox, if that is asked for: something else may externalize them already. */
@AutoConfiguration(
        after = BoxcarEventsAutoConfiguration.class,
        afterName = "org.springframework.modulith.events.config.EventExternalizationAutoConfiguration")
@ConditionalOnClass({EventExternalizationConfiguration.class, BrokerRouting.class})
@ConditionalOnProperty(prefix = "boxcar.modulith", name = "externalize")
@ConditionalOnBean({EventExternalizationConfiguration.class, OutboxEventWriter.class})
public class BoxcarModulithAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ModulithEventListener boxcarModulithListener(
            EventExternalizationConfiguration configuration, OutboxEventWriter writer, BeanFactory beans) {
        StandardEvaluationContext expressions = new StandardEvaluationContext();
        expressions.setBeanResolver(new BeanFactoryResolver(beans));
        return new ModulithEventListener(configuration, expressions, writer);
    }
}
