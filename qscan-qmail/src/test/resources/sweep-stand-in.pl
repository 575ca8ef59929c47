#!/usr/bin/perl
# Speaks sweep's dialect as far as the tests need it: finds EICAR at the start of a file, anywhere below
# the last argument. (The stand-in for people, with archives and all options, is samples/fake-sophos.)
use strict;
use warnings;

# Put together at run time: a scanner that looks at this checkout has nothing to find.
my $eicar = join '', 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD', '-ANTIVIRUS-TEST-FILE!', '$H+H*';
my $found = 0;
my @left  = ($ARGV[-1]);
while (defined(my $path = shift @left)) {
    if (-d $path) {
        opendir my $directory, $path or trouble($path);
        push @left, map {"$path/$_"} grep { !/\A\.\.?\z/ } readdir $directory;
    } else {
        open my $file, '<:raw', $path or trouble($path);
        my $n = read $file, my $start, length $eicar;
        defined $n or trouble($path);
        next if $start ne $eicar;
        print ">>> Virus 'EICAR-AV-Test' found in file $path\n";
        $found = 1;
    }
}
exit($found ? 3 : 0);

sub trouble {
    print "Could not open $_[0]\n";
    exit 2;
}
