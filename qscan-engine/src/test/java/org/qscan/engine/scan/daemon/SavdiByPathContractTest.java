package org.qscan.engine.scan.daemon;

/** SAVDI over TCP, on the same host: it gets the paths of the files. */
class SavdiByPathContractTest extends SavdiContractTest {

  @Override
  protected String transfer() {
    return "path";
  }

  @Override
  protected String nextAddress() {
    return "tcp:127.0.0.1:0";
  }
}
