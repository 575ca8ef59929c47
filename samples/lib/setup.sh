# Sourced by samples/quickstart and samples/verify: finds a JDK and installs what is missing.
# shellcheck shell=sh

JAVA_OLDEST=17
MAVEN_OLDEST=3.8

# Debian puts the programs of mail servers there, which is not on every user's path.
PATH=$PATH:/usr/sbin:/sbin
export PATH

# Programs should print the same on every machine, and read file names as UTF-8.  glibc has this locale
# without any installation.
LC_ALL=C.UTF-8
export LC_ALL

say() {
  printf '%s\n' "$*"
}

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# --- the JDKs of this machine

# A line "VERSION DIRECTORY" for each JDK (not JRE) that is new enough, the newest first.
jdk_list() {
  {
    if [ -n "${JAVA_HOME:-}" ]; then
      printf '%s\n' "$JAVA_HOME"
    fi
    for jdk_tool in javac java; do
      if have "$jdk_tool"; then
        jdk_tool=$(readlink -f "$(command -v "$jdk_tool")")
        printf '%s\n' "${jdk_tool%/bin/*}"
      fi
    done
    printf '%s\n' /usr/lib/jvm/*
  } | while IFS= read -r jdk_home; do
    if [ -x "$jdk_home/bin/javac" ] && [ -r "$jdk_home/release" ]; then
      jdk_home=$(cd -P "$jdk_home" && pwd)
      jdk_found=$(jdk_version "$jdk_home")
      if [ "$(jdk_feature "$jdk_found")" -ge "$JAVA_OLDEST" ]; then
        printf '%s %s\n' "$jdk_found" "$jdk_home"
      fi
    fi
  done | sort -s -k1,1Vr
}

# The version of the JDK in directory $1, as in its release file.
jdk_version() {
  sed -n 's/^JAVA_VERSION="\([^"]*\)".*/\1/p' "$1/release"
}

# The first number of version $1; 0 if there is none.
jdk_feature() {
  jdk_number=${1%%[!0-9]*}
  printf '%s\n' "${jdk_number:-0}"
}

# The directory of the newest JDK; empty if there is none.
jdk_newest() {
  jdk_list | sed -n '1s/^[^ ]* //p'
}

# The directory of a JDK of feature version 17; empty if there is none.
jdk_17() {
  jdk_list | sed -n '/^17[. ]/{s/^[^ ]* //p;q;}'
}

# --- what has to be installed

# Whether the programs are there for which Debian's package $1 is needed ("jdk" stands for any JDK).
present() {
  case $1 in
    jdk) [ -n "$(jdk_newest)" ] ;;
    maven) have mvn ;;
    perl) perl -MCompress::Raw::Zlib -MTest::More -e 1 >/dev/null 2>&1 ;;
    bsdutils) have script && have logger ;;
    clamav) have clamscan ;;
    clamav-daemon) have clamd ;;
    gcc) have gcc && have cc ;;
    groff-base) have groff ;;
    libc6-dev) [ -e /usr/include/stdio.h ] ;;
    mailfront) have smtpfront-qmail && have qmtpfront-qmail ;;
    procps) have ps && have pgrep ;;
    ucspi-tcp) have tcpserver ;;
    util-linux) have prlimit && have setsid && have unshare ;;
    *) have "$1" ;;
  esac
}

# Prints the packages that are missing.
missing() {
  for missing_package in "$@"; do
    if ! present "$missing_package"; then
      printf ' %s' "$missing_package"
    fi
  done
}

# The package for "jdk": Debian 12 has a JDK 17, Debian 13 a newer one only.
jdk_package() {
  if apt-cache show openjdk-17-jdk-headless >/dev/null 2>&1; then
    say openjdk-17-jdk-headless
  else
    say default-jdk-headless
  fi
}

# Runs apt-get without questions, and once more if it fails. Its output is shown only if it fails again.
apt() {
  apt_log=$(mktemp)
  if ! apt_quietly "$@"; then
    sleep 5
    if ! apt_quietly "$@"; then
      cat "$apt_log" >&2
      rm -f "$apt_log"
      die "apt-get $1 failed, see above"
    fi
  fi
  rm -f "$apt_log"
}

apt_quietly() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" \
    </dev/null >"$apt_log" 2>&1
}

# Installs a JDK, Maven and these packages if they are missing, or ends and says what the user has to do.
setup() {
  setup_missing=$(missing jdk maven "$@")
  if [ -n "$setup_missing" ]; then
    if ! have apt-get; then
      die "missing:$setup_missing (Debian's names; jdk: any JDK from $JAVA_OLDEST on, with javac). Install it and run this again."
    fi
    if [ "$(id -u)" = 0 ]; then
      say "Installing:$setup_missing"
      apt update
    fi
    setup_packages=
    for setup_package in $setup_missing; do
      if [ "$setup_package" = jdk ]; then
        setup_package=$(jdk_package)
      fi
      setup_packages="$setup_packages $setup_package"
    done
    if [ "$(id -u)" != 0 ]; then
      say "Something is missing. Run this, then ${0##*/} again:"
      say "  sudo apt-get install -y --no-install-recommends$setup_packages"
      exit 1
    fi
    # shellcheck disable=SC2086 # a list of names
    apt install --no-install-recommends $setup_packages
    setup_missing=$(missing jdk maven "$@")
    if [ -n "$setup_missing" ]; then
      die "still missing after the installation:$setup_missing"
    fi
  fi
  check_maven
}

check_maven() {
  maven_found=$(maven "$(jdk_newest)" -v 2>&1 | sed -n 's/.*Apache Maven \([0-9][0-9.]*\).*/\1/p')
  maven_older=$(printf '%s\n%s\n' "$MAVEN_OLDEST" "$maven_found" | sort -V | sed 1q)
  if [ "$maven_older" != "$MAVEN_OLDEST" ]; then
    die "Maven $MAVEN_OLDEST or newer is needed, this one is ${maven_found:-unknown}: $(command -v mvn)"
  fi
}

# Maven on the JDK in directory $1: no questions, no colours, no input.
maven() {
  maven_jdk=$1
  shift
  JAVA_HOME=$maven_jdk mvn -B -Dstyle.color=never "$@" </dev/null
}
