package io.sparktron.kernels.cuda;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What kernels are compiled for.
 *
 * @param architecture such as 80
 * @param machineCode whether to that GPU's machine code and not to PTX, which the driver compiles for whatever GPU it has
 */
record KernelTarget(int architecture, boolean machineCode) {
    private static final Logger LOG = LoggerFactory.getLogger(KernelTarget.class);

    /**
     * That of a device. A driver refuses the PTX of an NVRTC that is newer than itself, but takes machine code of any NVRTC of its major version.
     *
     * @param capability of the device, such as 80
     * @throws CudaException if NVRTC knows no such architecture, or nothing that it compiles would run
     */
    static KernelTarget of(int capability) {
        KernelTarget target =
                choose(capability, Nvrtc.architecture(capability), CudaVersions.driverNumber(), Nvrtc.versionNumber());
        if (target.machineCode) {
            LOG.info(
                    "the driver, for CUDA {}, is older than NVRTC {}, whose PTX it would refuse: kernels are compiled to machine code",
                    CudaVersions.driver(),
                    Nvrtc.version());
        }
        return target;
    }

    /**
     * The same.
     *
     * @param known the highest architecture up to the device's that NVRTC knows
     * @param driver the newest CUDA that it serves, such as 12060
     * @param compiler NVRTC's version, such as 12060
     */
    static KernelTarget choose(int capability, int known, int driver, int compiler) {
        if (driver >= compiler) {
            return new KernelTarget(known, false);
        }
        if (known == capability && driver / 1000 == compiler / 1000) {
            return new KernelTarget(known, true);
        }
        throw new CudaException(
                "the driver, for CUDA " + CudaVersions.text(driver) + ", is older than libnvrtc.so.12, of CUDA "
                        + CudaVersions.text(compiler) + ", and runs nothing that this compiles for compute capability "
                        + capability / 10 + "." + capability % 10 + "; install a driver for CUDA "
                        + CudaVersions.text(compiler) + " or later"
                        + (driver / 1000 == compiler / 1000
                                ? ", or the CUDA libraries of " + CudaVersions.text(driver)
                                : ""),
                222);
    }

    /** For NVRTC. */
    String option() {
        return "--gpu-architecture=" + this;
    }

    /** As NVRTC names it: compute_80, or sm_80 for machine code. */
    @Override
    public String toString() {
        return (machineCode ? "sm_" : "compute_") + architecture;
    }
}
