package org.qscan.mailet;

import com.google.inject.AbstractModule;
import com.google.inject.Scopes;

/**
 * Makes all our mailets, hooks and health checks in a server use the same engines. In
 * extensions.properties:
 *
 * <pre>
 * guice.extension.module=org.qscan.mailet.VirusScanModule
 * </pre>
 */
public final class VirusScanModule extends AbstractModule {

  @Override
  protected void configure() {
    bind(Engines.class).in(Scopes.SINGLETON);
  }
}
