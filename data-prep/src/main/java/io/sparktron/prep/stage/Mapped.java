package io.sparktron.prep.stage;

import java.util.Iterator;
import java.util.function.Function;

/** An iterator through a function, one element at a time: what a partition streams need never be in memory as a whole. */
public record Mapped<A, B>(Iterator<A> source, Function<A, B> function) implements Iterator<B> {
    @Override
    public boolean hasNext() {
        return source.hasNext();
    }

    @Override
    public B next() {
        return function.apply(source.next());
    }
}
