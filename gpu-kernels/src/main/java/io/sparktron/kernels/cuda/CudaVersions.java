package io.sparktron.kernels.cuda;

import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasStatus;

/** Versions of the libraries. */
final class CudaVersions {
    private CudaVersions() {}

    /** The newest CUDA that the driver serves. */
    static String driver() {
        return text(driverNumber());
    }

    /** As the driver counts: 12060 for 12.6. */
    static int driverNumber() {
        int[] version = {0};
        CudaException.check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        return version[0];
    }

    /** 12.6 for 12060. */
    static String text(int number) {
        return number / 1000 + "." + number % 1000 / 10;
    }

    /** A context is current. */
    static String cublas() {
        cublasHandle handle = new cublasHandle();
        int[] version = {0};
        int status = JCublas2.cublasCreate(handle);
        if (status == cublasStatus.CUBLAS_STATUS_SUCCESS) {
            status = JCublas2.cublasGetVersion(handle, version);
            JCublas2.cublasDestroy(handle);
        }
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw new CudaException(
                    "cublasGetVersion failed with " + cublasStatus.stringFor(status) + " (" + status + ")", status);
        }
        return version[0] / 10000 + "." + version[0] % 10000 / 100 + "." + version[0] % 100;
    }
}
