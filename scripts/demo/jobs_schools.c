#include "demo.h"

static const demo_job jobs[] = {
    {"Teaching assistant", "Cynorthwyydd addysgu", "teaching_support", "support_scale", &demo_classroom, "Reception|Year 1|Year 2|Year 3|Year 4|Year 5|Year 6|Key Stage 3|One-to-one support|Autism base|Speech and language|Nurture group", DEMO_VETTED | DEMO_HOURLY, "You would help children to do what they could not do yesterday"},
    {"Class teacher", "Athro dosbarth", "teaching", "mps|ups", &demo_teaching, "Nursery|Reception|Key Stage 1|Year 3|Year 4|Year 5|Year 6|Mixed age class", DEMO_VETTED, "You would have a class of your own, and colleagues next door who plan with you"},
    {"Teacher of mathematics", "Athro mathemateg", "teaching", "mps|ups", &demo_teaching, "Key Stages 3 and 4|With further mathematics|Key Stage 5 lead|Maternity cover", DEMO_VETTED, "You would teach a subject that half of the class thinks it cannot do, and prove the opposite"},
    {"Teacher of science", "Athro gwyddoniaeth", "teaching", "mps|ups", &demo_teaching, "Physics|Chemistry|Biology|Combined science|Key Stage 3 lead", DEMO_VETTED, "You would have seven laboratories, two technicians, and pupils who ask why"},
    {"Teacher of English", "Athro Saesneg", "teaching", "mps|ups", &demo_teaching, "Key Stages 3 to 5|Literacy lead|With drama|With media", DEMO_VETTED, "You would put books into hands that have never held one for pleasure"},
    {"Midday supervisor", "Goruchwyliwr canol dydd", "pupil_services", "support_scale", &demo_classroom, "Dining hall|Playground|Special needs", DEMO_VETTED | DEMO_HOURLY, "You would make the hour in the middle of the day a good one"},
    {"Teacher of computing", "Athro cyfrifiadura", "teaching", "mps|ups", &demo_teaching, "Key Stages 3 and 4|With business|Digital lead", DEMO_VETTED, "You would teach children to make things, and to think before they do"},
    {"Pastoral support officer", "Swyddog cymorth bugeiliol", "pupil_services", "support_scale", &demo_homes, "Lower school|Upper school|Sixth form|Attendance|Behaviour", DEMO_VETTED, "You would be the adult whose door is open"},
    {"School cook", "Cogydd ysgol", "school_operations", "support_scale", &demo_estates, "Primary kitchen|Secondary kitchen|Breakfast club", DEMO_VETTED, "You would cook 250 dinners a day, from fresh food"},
    {"Caretaker", "Gofalwr", "school_operations", "support_scale", &demo_estates, "Main site|Two sites|Evenings|Sports centre", DEMO_VETTED, "You would open the school in the morning and know every pipe of it"},
    {"School administrator", "Gweinyddwr ysgol", "school_operations", "support_scale", &demo_office, "Front office|Admissions|Examinations|Finance|Head's secretary", DEMO_VETTED, "You would know everybody, and everybody would know whom to ask"},
    {"Special educational needs coordinator", "Cydlynydd anghenion dysgu ychwanegol", "teaching", "ups|leadership", &demo_teaching, "Whole school|Primary phase|Resource base", DEMO_VETTED, "You would see to it that children get what they need, and not what is left"},
    {"Teacher of modern languages", "Athro ieithoedd modern", "teaching", "mps|ups", &demo_teaching, "French and Spanish|German|Spanish|Mandarin|French", DEMO_VETTED, "You would open a window"},
    {"Teacher of physical education", "Athro addysg gorfforol", "teaching", "mps|ups", &demo_teaching, "Girls|Boys|With health and social care|Outdoor education", DEMO_VETTED, "You would find the sport for the child who hates sport"},
    {"Science technician", "Technegydd gwyddoniaeth", "teaching_support", "support_scale", &demo_laboratory, "Physics|Chemistry|All sciences", DEMO_VETTED, "You would make experiments work, and keep everybody's eyebrows on"},
    {"Lecturer", "Darlithydd", "teaching", "mps|ups", &demo_teaching, "Construction|Health and social care|Engineering|Hair and beauty|Digital|A-level psychology|English for speakers of other languages|Motor vehicle|Early years", DEMO_VETTED | DEMO_HOURLY, "You would teach what you have done for a living"},
    {"Deputy headteacher", "Dirprwy bennaeth", "school_leadership", "leadership", &demo_leading, "Curriculum|Pastoral|Inclusion|Primary", DEMO_VETTED, "You would lead with a head who wants to be questioned"},
    {"Headteacher", "Pennaeth", "school_leadership", "leadership", &demo_leading, "Primary|Secondary|Special school|Infant school", DEMO_VETTED, "You would lead a school whose children are proud of it"},
    {"School business manager", "Rheolwr busnes ysgol", "school_operations", "support_scale", &demo_money, "Single school|Federation|Trust central team", DEMO_HOME, "You would look after money, people and buildings, so that others can teach"},
    {0}};
static const demo_pay pay[] = {{"mps", 32916, 45352}, {"ups", 47472, 51048}, {"leadership", 56316, 88700}, {"support_scale", 24413, 31022}, {0}};
const demo_sector demo_schools = {
    "schools", jobs, pay,
    "We have small classes and a large field|Our children come from thirty countries, and sing in most of their languages|Inspectors called our behaviour exceptional and our curriculum ambitious|We are a school where phones stay in the bag and questions do not|Our staff stay: half have been here for more than eight years",
    "A teachers' or local government pension|No marking policy for its own sake|Two weeks at half-term in October|Free lunch on duty days|A laptop, and somebody who mends it|Early career support with a trained mentor|Free use of the gym and pool|Places for children of staff|Training every week in place of meetings|Cover for medical appointments, without fuss"};
