# hostile.pl SOCKET UID PROCESSES FILE: says what stands in FILE, a conversation a line, in hex, to the socket:
# in pieces, from so many processes at once, as that user. Each hangs up when it has said all, and heard what
# was there to hear.
use strict;
use warnings;
use POSIX ();
use Socket;

my ($path, $uid, $processes, $file) = @ARGV;
open(my $in, '<', $file) or die $!;
my @lines = <$in>;
if ($> == 0) {
  $) = "$uid $uid";
  $( = $uid;
  $< = $> = $uid;
}
$SIG{PIPE} = 'IGNORE';
# In a session of his own, as whoever logs in is: the kernel gives each session its share of the processors
# (sched(7), the autogroup feature), so that his processes do not take those of everybody else.
POSIX::setsid() if getpgrp() != $$;
for my $process (0 .. $processes - 1) {
  next if fork;
  srand($process);
  for (my $n = $process; $n < @lines; $n += $processes) {
    chomp(my $hex = $lines[$n]);
    my $octets = pack('H*', $hex);
    socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die $!;
    connect($s, pack_sockaddr_un($path)) or die $!;
    while (length $octets) {
      my $piece = substr($octets, 0, 1 + int(rand(60)), '');
      syswrite($s, $piece) or last;
    }
    recv($s, my $heard, 300, MSG_DONTWAIT);
    close($s);
  }
  exit 0;
}
1 while wait != -1;
