package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import java.util.EnumMap;
import java.util.Map;

/** A kernel for each element type that it is called with; looked up once for each. */
final class TypedFunction {
    private final CudaFunctions functions;
    private final String file;
    private final String kernel;
    private final Map<DType, CudaFunction> known = new EnumMap<>(DType.class);

    TypedFunction(CudaFunctions functions, String file, String kernel) {
        this.functions = functions;
        this.file = file;
        this.kernel = kernel;
    }

    /**
     * The kernel for elements of a type.
     *
     * @throws IllegalArgumentException if kernels do not compute in it
     */
    CudaFunction of(DType type) {
        CudaFunction function = known.get(type);
        if (function == null) {
            KernelCompiler.code(type);
            function = functions.get(file, type, kernel);
            known.put(type, function);
        }
        return function;
    }
}
