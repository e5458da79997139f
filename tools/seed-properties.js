// Loaded before each test file: properties take their random values from PORTCULLIS_SEED.
if (process.argv[1]?.endsWith(".test.js")) {
  const { configureGlobal, readConfigureGlobal } = await import("fast-check");
  configureGlobal({ ...readConfigureGlobal(), seed: Number(process.env.PORTCULLIS_SEED) });
}
