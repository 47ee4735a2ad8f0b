package io.sparktron.kernels.check;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What the calls of a check have left, by name, in host memory. */
public final class Results {
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    void put(String name, Tensor tensor) {
        if (tensors.put(name, tensor) != null) {
            throw new IllegalArgumentException("two operands of a check are called " + name);
        }
    }

    public Set<String> names() {
        return tensors.keySet();
    }

    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no result " + name + "; there are " + tensors.keySet());
        }
        return tensor;
    }

    /** Element {@code index} of a result. */
    public double get(String name, long index) {
        return Elements.get(get(name), index);
    }
}
