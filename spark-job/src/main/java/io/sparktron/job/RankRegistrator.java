package io.sparktron.job;

import com.esotericsoftware.kryo.Kryo;
import org.apache.spark.serializer.KryoRegistrator;

/** Every class that a training job sends through Kryo; anything else is an error ({@code spark.kryo.registrationRequired}). */
public final class RankRegistrator implements KryoRegistrator {
    @Override
    public void registerClasses(Kryo kryo) {
        kryo.register(RankOutcome.class, new RankOutcome.KryoForm());
        kryo.register(RankOutcome[].class);
    }
}
