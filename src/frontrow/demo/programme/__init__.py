"""What is on: twenty-six events of four organisers in five cities, over ten weeks."""

from frontrow.demo.programme import away, harbours, house, season

SHOWS = (*house.SHOWS, *season.SHOWS, *away.SHOWS, *harbours.SHOWS)
